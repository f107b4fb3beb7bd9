// Augmented pictures match the numbers of their views; mixed ones match mixing computed by hand.
import { beforeAll, describe, expect, it } from 'vitest'
import type { Canvas } from '../../../../main/engine/graph/augment'
import { openTrainer, type Batch, type Rows } from '../../../../main/engine/tensorflow/trainer'
import { mirrored } from '../../../../main/engine/pictures/mirror'
import { varied } from '../../../../main/engine/training/draws/previewAugmentation'
import { seededRandom } from '../../../../shared/random'
import { noise, plainTraining, smallNetwork } from './smallNetworks'

const side = 32
const { network, tensors } = smallNetwork('resnet20', side)
const random = seededRandom('pixels')
const pixels = Uint8Array.from({ length: 2 * side * side * 3 }, () => random.integer(256))
const still = [1, 0, 0, 0, 1, 0, 0, 0]
const plainColours = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]
const nothing = [0, 0, 0, 0]
const everything: Canvas = { side, colour: true, erase: true }
const vary = (view: readonly number[], size = side, given = pixels) =>
  varied(given, Float32Array.from([...view, ...view]), { ...network, size, canvas: everything })
const at = (picture: Uint8Array, y: number, x: number, width = side) =>
  picture.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)

describe('a view', () => {
  it('that changes nothing gives the same bytes', async () => {
    expect(await vary([...still, ...plainColours, ...nothing])).toEqual(pixels)
  })

  it('mirrors', async () => {
    const place = [-1, 0, side - 1, 0, 1, 0, 0, 0]
    expect(await vary([...place, ...plainColours, ...nothing])).toEqual(mirrored(pixels, side))
    expect(await vary([...place, ...plainColours, ...nothing])).not.toEqual(pixels)
  })

  it('cuts a square out, and goes on in a mirror beyond the edge', async () => {
    const cut = await vary([...[1, 0, 4, 0, 1, 2, 0, 0], ...plainColours, ...nothing], 16)
    expect(at(cut, 0, 0, 16)).toEqual(at(pixels, 2, 4))
    expect(at(cut, 15, 15, 16)).toEqual(at(pixels, 17, 19))
    const beyond = await vary([...[1, 0, -2, 0, 1, 0, 0, 0], ...plainColours, ...nothing])
    expect(at(beyond, 5, 0)).toEqual(at(pixels, 5, 1))
    expect(at(beyond, 5, 1)).toEqual(at(pixels, 5, 0))
  })

  it('turns a quarter', async () => {
    const turned = await vary([...[0, 1, 0, -1, 0, side - 1, 0, 0], ...plainColours, ...nothing])
    expect(at(turned, 3, 7)).toEqual(at(pixels, side - 1 - 7, 3))
  })

  it('maps colours from the left, adds, and stays within bytes', async () => {
    const swap = [0, 0, 1, 0, 2, 0, 1, 0, 0, 0, 0, 10]
    const mapped = await vary([...still, ...swap, ...nothing])
    const [red, green, blue] = at(pixels, 9, 11)
    expect([...at(mapped, 9, 11)]).toEqual([
      blue,
      Math.min(255, 2 * green!),
      Math.min(255, red! + 10),
    ])
  })

  it('blanks a box to the mean colour and nothing else', async () => {
    const blanked = await vary([...still, ...plainColours, 0.25, 0.5, 0.5, 1])
    const mean = network.colours.mean.map((value) => Math.round(value * 255))
    for (const [y, x] of [
      [8, 16],
      [15, 31],
    ] as const)
      expect([...at(blanked, y, x)]).toEqual(mean)
    for (const [y, x] of [
      [7, 16],
      [8, 15],
      [16, 31],
    ] as const)
      expect(at(blanked, y, x)).toEqual(at(pixels, y, x))
  })
})

it('training on unvaried views is training without any', async () => {
  const labels = Int32Array.of(0, 2)
  const losses = async (canvas: Canvas | null) => {
    const options = { ...plainTraining, network, tensors, canvas, input: 'pixels' } as const
    const trainer = await openTrainer(options)
    const view = [...still, ...plainColours, ...nothing]
    const batch = { input: { pixels }, labels, views: Float32Array.from([...view, ...view]) }
    const all = [1, 2].map((step) => trainer.step(batch, { rate: 0.01, step }).loss)
    trainer.dispose()
    return all
  }
  const [plain, unvaried] = [await losses(null), await losses(everything)]
  unvaried.forEach((loss, i) => expect(loss).toBeCloseTo(plain[i]!, 4))
})

describe('mixing', () => {
  const count = 4
  const input = noise(count)
  const labels = Int32Array.of(0, 1, 2, 1)
  const partners = [2, 0, 3, 1]
  const own = input.values
  const length = own.length / count
  const trainer = (mixes: boolean) => openTrainer({ ...plainTraining, network, tensors, mixes })
  const loss = async (mixes: boolean, batch: Batch) => {
    const open = await trainer(mixes)
    const result = open.step(batch, { rate: 0, step: 1 })
    open.dispose()
    return result.loss
  }
  /** Mixed by hand: the partner's values weighted by `share`. */
  const byHand = (share: (y: number, x: number) => number) => {
    const mixed = own.map((value, i) => {
      const [n, p] = [Math.floor(i / length), Math.floor((i % length) / 3)]
      const s = share(Math.floor(p / side), p % side)
      return (1 - s) * value + s * own[partners[n]! * length + (i % length)]!
    })
    return loss(false, { input: { values: mixed }, labels })
  }
  const inGraph = (patch: readonly number[]) => {
    const rows: Rows = {
      partners: Int32Array.from(partners),
      patches: Float32Array.from(Array.from({ length: count }, () => patch).flat()),
    }
    return loss(true, { input, labels, ...rows })
  }
  let plain = 0
  beforeAll(async () => {
    plain = await loss(false, { input, labels })
  })

  it('the whole picture', async () => {
    const mixed = await inGraph([0, 0, 1, 1, 0.5])
    expect(mixed).toBeCloseTo(await byHand(() => 0.5), 4)
    expect(Math.abs(mixed - plain)).toBeGreaterThan(5e-4)
  })

  it('a box of it', async () => {
    const mixed = await inGraph([0, 0.25, 0.5, 0.75, 1])
    const within = (y: number, x: number) => (y < 16 && x >= 8 && x < 24 ? 1 : 0)
    expect(mixed).toBeCloseTo(await byHand(within), 4)
    expect(Math.abs(mixed - plain)).toBeGreaterThan(5e-4)
  })

  it('nothing', async () => {
    expect(await inGraph([0, 0, 0, 0, 1])).toBeCloseTo(plain, 5)
  })
})
