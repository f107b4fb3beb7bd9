// From the engine's picture of a network to rectangles and arcs on a plane. Pure: a width in pixels
// goes in, coordinates come out. A stage's width follows its share of the multiply-adds, but is never
// narrower than its name; a stage with more blocks than fit in a row wraps (ResNet-152 has 36).
import type { BlockPicture, NetworkPicture, Stage, StagePicture } from '../../shared/network'

export interface DrawnBlock {
  readonly block: BlockPicture
  readonly x: number
  readonly y: number
  readonly size: number
  /** The skip connection, as an SVG path from before the block to after it. */
  readonly arc: string
}
export interface DrawnStage {
  readonly stage: Stage
  readonly picture: StagePicture
  readonly x: number
  readonly width: number
  readonly blocks: readonly DrawnBlock[]
}
export interface NetworkDrawing {
  readonly width: number
  readonly height: number
  /** The row that stem and head stand on, and the label under everything. */
  readonly axis: number
  readonly labelY: number
  readonly stages: readonly DrawnStage[]
  /** `boundaries[k]`: where the handle stands when the first k stages are frozen. The head has no
   *  boundary after it: something has to train. */
  readonly boundaries: readonly number[]
}

const gap = 16
const stemWidth = 54
const headWidth = 72
const narrowest = 58
const largestBlock = 28
const pitchFloor = 17
const pitchCeiling = 40
/** Where the middle of the first row of blocks lies; the handle and its words are above it. */
const firstRow = 99
const rowHeight = 66
/** Many rows stand closer, with smaller blocks, so that the whole still fits a small window. */
const closeRows = { from: 3, height: 42, block: 18 }

export function layoutNetwork(picture: NetworkPicture, width: number): NetworkDrawing {
  const middle = picture.stages.filter((stage) => stage.stage !== 'stem' && stage.stage !== 'head')
  const gaps = gap * Math.max(0, picture.stages.length - 1)
  const widths = shareOut(middle, Math.max(0, width - stemWidth - headWidth - gaps))

  let x = 0
  const stages: DrawnStage[] = []
  let rows = 1
  for (const stage of middle)
    rows = Math.max(rows, rowsOf(stage.blocks.length, widths.get(stage.stage)!))
  const close = rows >= closeRows.from
  const pitchY = close ? closeRows.height : rowHeight
  for (const stage of picture.stages) {
    const own =
      stage.stage === 'stem'
        ? stemWidth
        : stage.stage === 'head'
          ? headWidth
          : widths.get(stage.stage)!
    const place = { left: x, width: own, pitchY, largest: close ? closeRows.block : largestBlock }
    stages.push({
      stage: stage.stage,
      picture: stage,
      x,
      width: own,
      blocks: drawBlocks(stage.blocks, place),
    })
    x += own + gap
  }
  const boundaries = stages.map((stage) => Math.max(0, stage.x - gap / 2))
  boundaries[0] = 0
  return {
    width: Math.max(width, x - gap),
    height: firstRow + (rows - 1) * pitchY + 70,
    axis: firstRow,
    labelY: firstRow + (rows - 1) * pitchY + 54,
    stages,
    boundaries,
  }
}

/** Widths by multiply-adds, raised to the floor where needed and taken from the rest. */
function shareOut(stages: readonly StagePicture[], available: number): Map<Stage, number> {
  const widths = new Map<Stage, number>()
  let open = [...stages]
  let left = available
  for (;;) {
    const sum = open.reduce((total, stage) => total + stage.multiplyAdds, 0) || 1
    const tight = open.filter((stage) => (left * stage.multiplyAdds) / sum < floorOf(stage))
    if (tight.length === 0 || tight.length === open.length) {
      for (const stage of open) {
        widths.set(
          stage.stage,
          tight.length === 0
            ? (left * stage.multiplyAdds) / sum
            : Math.max(narrowest, left / open.length),
        )
      }
      return widths
    }
    for (const stage of tight) {
      widths.set(stage.stage, floorOf(stage))
      left -= floorOf(stage)
    }
    open = open.filter((stage) => !tight.includes(stage))
  }
}

const floorOf = (stage: StagePicture) =>
  Math.max(narrowest, Math.min(stage.blocks.length, 4) * pitchFloor)

const columnsOf = (count: number, width: number) =>
  Math.min(count, Math.max(1, Math.floor(width / pitchFloor)))

const rowsOf = (count: number, width: number) =>
  count === 0 ? 1 : Math.ceil(count / columnsOf(count, width))

interface Place {
  readonly left: number
  readonly width: number
  readonly pitchY: number
  readonly largest: number
}

function drawBlocks(
  blocks: readonly BlockPicture[],
  { left, width, pitchY, largest }: Place,
): DrawnBlock[] {
  if (blocks.length === 0) return []
  // Rows of equal length look intended; a last row with one lonely block does not.
  const columns = Math.ceil(blocks.length / rowsOf(blocks.length, width))
  const pitch = Math.min(pitchCeiling, width / columns)
  const size = Math.min(largest, pitch * 0.7)
  const start = left + (width - pitch * columns) / 2
  return blocks.map((block, i) => {
    const x = start + (i % columns) * pitch + (pitch - size) / 2
    const y = firstRow + Math.floor(i / columns) * pitchY - size / 2
    const [from, to, base] = [x - (pitch - size) / 2, x + size + (pitch - size) / 2, y + size / 2]
    const top = y - Math.min(24, size)
    return {
      block,
      x,
      y,
      size,
      arc: `M ${n(from)} ${n(base)} C ${n(from)} ${n(top)}, ${n(to)} ${n(top)}, ${n(to)} ${n(base)}`,
    }
  })
}

const n = (value: number) => Math.round(value * 10) / 10
