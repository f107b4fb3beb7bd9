// Progress of a run on stderr: a bar that moves on a terminal, a line a second otherwise.
import { describeReason } from '../../../shared/reason'
import type { RunEvent } from '../../../shared/runEvents'

export function progressOn(stream: NodeJS.WriteStream): (event: RunEvent) => void {
  let last = 0
  return (event) => {
    const text = textOf(event)
    if (text === null) return
    const important = event.type !== 'phase' && event.type !== 'step'
    const now = Date.now()
    if (!important && now - last < (stream.isTTY ? 50 : 1000)) return
    last = now
    stream.write(stream.isTTY ? `\r\x1b[2K${text}${important ? '\n' : ''}` : `${text}\n`)
  }
}

function textOf(event: RunEvent): string | null {
  switch (event.type) {
    case 'phase':
      return `${event.phase} ${event.done}/${event.total}${event.imagesPerSecond ? `, ${event.imagesPerSecond.toFixed(1)} photos/s` : ''}`
    case 'epoch':
      return `epoch ${event.epoch}: loss ${event.trainLoss.toFixed(4)}, validation ${event.valLoss.toFixed(4)}, ${(event.valAccuracy * 100).toFixed(1)} %${event.best ? ' (best)' : ''}`
    case 'warning':
      return `${event.path === null ? '' : 'left out: '}${describeReason(event.message)}`
    case 'leg':
      return `trains ${event.trains.join(', ')}`
    case 'started':
      return `${event.plan.architecture}${event.plan.cut ? ` to ${event.plan.cut}` : ''}, trains ${event.plan.trains.join(', ')} on ${event.plan.trainPhotos} photos, ${event.plan.precision}`
    case 'penalty':
      return `${event.views.join(' and ')}, penalty ${event.penalty.toPrecision(2)}: loss ${event.trainLoss.toFixed(4)}, of photos not seen ${event.outOfFoldLoss.toFixed(4)}, ${(event.outOfFoldAccuracy * 100).toFixed(1)} %`
    case 'learningCurve':
      return event.points
        .map(({ photos, accuracy }) => `${photos} photos: ${(accuracy * 100).toFixed(1)} %`)
        .join(', ')
    case 'candidate':
      return `${event.name}: ${(event.accuracy * 100).toFixed(1)} %${event.kept ? ', kept' : ''}`
    case 'step':
    case 'paused':
    case 'resumed':
    case 'finished':
    case 'stopped':
    case 'failed':
      return null
  }
}
