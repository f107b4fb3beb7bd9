// What a batch is drawn from: orders, views, mixtures and targets, each from seed, epoch and photo.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawMix } from '../../../../main/engine/training/draws/mixing'
import { epochOrder, orderOfPasses } from '../../../../main/engine/training/draws/order'
import type { Sample } from '../../../../main/engine/pictures/sample'
import { classWeights, targetsOf } from '../../../../main/engine/training/draws/targets'
import { canvasOf, viewOf } from '../../../../main/engine/training/draws/views'
import { Augmentation, augmentations } from '../../../../shared/runConfig'

const photos = (...counts: number[]): Sample[] =>
  counts.flatMap((count, label) =>
    Array.from({ length: count }, (_, i) => ({ id: '', path: `${label}/${i}.jpg`, label })),
  )
const countsOf = (list: readonly Sample[]) =>
  [0, 1, 2].map((label) => list.filter((sample) => sample.label === label).length)

describe('the order of an epoch', () => {
  it('has every photo once', () => {
    const all = photos(5, 3, 2)
    const order = epochOrder(all, { seed: 1, epoch: 1, balance: 'none' })
    expect(order).not.toEqual(all)
    expect(new Set(order)).toEqual(new Set(all))
    expect(epochOrder(all, { seed: 1, epoch: 1, balance: 'none' })).toEqual(order)
    expect(epochOrder(all, { seed: 1, epoch: 2, balance: 'none' })).not.toEqual(order)
  })

  it('balanced by sampling has as many of each class, and repeats none before all came', () => {
    const all = photos(60, 8, 2)
    const order = epochOrder(all, { seed: 1, epoch: 1, balance: 'sampling' })
    expect(order).toHaveLength(70)
    for (const count of countsOf(order)) expect(Math.abs(count - 70 / 3)).toBeLessThan(1)
    const big = order.filter(({ label }) => label === 0)
    expect(new Set(big).size).toBe(big.length)
    for (const { path } of all.filter(({ label }) => label === 1)) {
      const turns = order.filter((sample) => sample.path === path).map(({ turn = 0 }) => turn)
      expect(turns.sort()).toEqual(turns.map((_, i) => i))
      expect([2, 3]).toContain(turns.length)
    }
    const other = epochOrder(all, { seed: 1, epoch: 2, balance: 'sampling' })
    expect(new Set(other.map(({ path }) => path))).not.toEqual(
      new Set(order.map(({ path }) => path)),
    )
  })
})

describe('the order of several passes', () => {
  it('is one pass after the other, each photo in each by a turn of its own', () => {
    const all = photos(5, 3, 2)
    const config = { seed: 1, balance: 'none', passes: 3 } as const
    const order = orderOfPasses(all, { ...config, epoch: 1 })
    expect(order).toHaveLength(30)
    for (const pass of [0, 1, 2]) {
      const own = order.slice(10 * pass, 10 * (pass + 1))
      expect(new Set(own.map(({ path }) => path)).size).toBe(10)
      expect(new Set(own.map(({ turn }) => turn))).toEqual(new Set([pass]))
    }
    const paths = (list: readonly Sample[]) => list.map(({ path }) => path)
    expect(paths(order.slice(0, 10))).not.toEqual(paths(order.slice(10, 20)))
    expect(paths(orderOfPasses(all, { ...config, epoch: 2 }))).not.toEqual(paths(order))
    const once = { ...config, passes: 1, epoch: 4 }
    expect(orderOfPasses(all, once)).toEqual(epochOrder(all, once))
  })
})

describe('a view', () => {
  const framing = { size: 224, resize: 256, canvas: 256 }
  const of = (augment: Partial<Augmentation>, photo = 'a.jpg', epoch = 1, turn = 0) =>
    viewOf({ augment: Augmentation.parse(augment), seed: 1 }, { photo, epoch, turn }, framing)
  const corners = ([a, b, c, d, e, f]: readonly number[]) =>
    [
      [0, 0],
      [223, 0],
      [0, 223],
      [223, 223],
    ].map(([x, y]) => [a! * x! + b! * y! + c!, d! * x! + e! * y! + f!] as const)

  it('of nothing is what judging sees', () => {
    const view = of({})
    expect(view.slice(0, 8)).toEqual([1, 0, 16, 0, 1, 16, 0, 0])
    expect(view.slice(8, 20).map((value) => Math.round(value * 1e6) / 1e6)).toEqual([
      ...[1, 0, 0, 0, 1, 0, 0, 0, 1],
      ...[0, 0, 0],
    ])
    expect(view.slice(20)).toEqual([0, 0, 0, 0])
  })

  it('depends on photo, epoch and turn, and on nothing else', () => {
    const strong = augmentations.strong
    expect(of(strong)).toEqual(of(strong))
    expect(of(strong, 'b.jpg')).not.toEqual(of(strong))
    expect(of(strong, 'a.jpg', 2)).not.toEqual(of(strong))
    expect(of(strong, 'a.jpg', 1, 1)).not.toEqual(of(strong))
    // One knob leaves the others.
    expect(of({ ...strong, brightness: 0 }).slice(0, 8)).toEqual(of(strong).slice(0, 8))
    expect(of({ ...strong, crop: 0, rotate: 0 }).slice(8)).toEqual(of(strong).slice(8))
  })

  it('cropped lies within the picture and has at least its share of the area', () => {
    const [areas, mirrored]: [number[], boolean[]] = [[], []]
    for (let epoch = 1; epoch <= 300; epoch++) {
      const view = of(augmentations.basic, 'a.jpg', epoch)
      for (const place of corners(view).flat()) {
        expect(place).toBeGreaterThanOrEqual(-0.5)
        expect(place).toBeLessThanOrEqual(255.5)
      }
      areas.push(((view[0]! * 224) / 256) ** 2)
      mirrored.push(view[0]! < 0)
    }
    expect(Math.min(...areas)).toBeGreaterThanOrEqual(0.6 - 1e-9)
    expect(Math.min(...areas)).toBeLessThan(0.62)
    expect(Math.max(...areas)).toBeGreaterThan(0.98)
    const share = mirrored.filter(Boolean).length / mirrored.length
    expect(share).toBeGreaterThan(0.4)
    expect(share).toBeLessThan(0.6)
  })

  it('cropped freely lies within the photo, with sides from 3 to 4 up to 4 to 3 in it', () => {
    const areas: number[] = []
    for (const aspect of [1, 0.5, 3])
      for (let epoch = 1; epoch <= 200; epoch++) {
        const augment = Augmentation.parse({ resizedCrop: 0.65 })
        const view = viewOf({ augment, seed: 1 }, { photo: 'a.jpg', epoch }, { ...framing, aspect })
        for (const place of corners(view).flat()) {
          expect(place).toBeGreaterThanOrEqual(-0.5)
          expect(place).toBeLessThanOrEqual(255.5)
        }
        // The canvas is `aspect` times narrower than the photo.
        const [width, height] = [(view[0]! * 224 * aspect) / 256, (view[4]! * 224) / 256]
        expect(width / height).toBeGreaterThanOrEqual(3 / 4 - 1e-9)
        expect(width / height).toBeLessThanOrEqual(4 / 3 + 1e-9)
        if (aspect === 1) areas.push(width * height)
      }
    expect(Math.min(...areas)).toBeGreaterThan(0.34)
    expect(Math.min(...areas)).toBeLessThan(0.4)
  })

  it('with one operation more is turned, sheared, shifted or recoloured, one at a time', () => {
    const kinds = new Set<string>()
    const plain = of({})
    for (let epoch = 1; epoch <= 200; epoch++) {
      const view = of({ trivial: 1 }, 'a.jpg', epoch)
      const differs = (from: number, to: number) =>
        view.slice(from, to).some((value, i) => Math.abs(value - plain[from + i]!) > 1e-9)
      const [shaped, coloured] = [differs(0, 8), differs(8, 20)]
      expect(shaped && coloured).toBe(false)
      kinds.add(shaped ? (differs(0, 2) || differs(3, 5) ? 'formed' : 'shifted') : String(coloured))
    }
    expect(kinds).toEqual(new Set(['formed', 'shifted', 'true', 'false']))
    // What the other settings draw stays as it is.
    const strong = of({ ...augmentations.strong, trivial: 1 }, 'a.jpg', 3)
    expect(strong.slice(20)).toEqual(of(augmentations.strong, 'a.jpg', 3).slice(20))
  })

  it('turned and zoomed stays around the middle', () => {
    for (let epoch = 1; epoch <= 50; epoch++) {
      const [a, b, c, d, e, f] = of({ rotate: 30, zoom: 0.3, flip: 'both' }, 'a.jpg', epoch)
      expect(a! * 111.5 + b! * 111.5 + c!).toBeCloseTo(127.5, 6)
      expect(d! * 111.5 + e! * 111.5 + f!).toBeCloseTo(127.5, 6)
      expect(Math.hypot(a!, d!)).toBeGreaterThanOrEqual(0.7)
      expect(Math.hypot(a!, d!)).toBeLessThanOrEqual(1.3)
      expect(Math.abs(d! / a!)).toBeLessThanOrEqual(Math.tan(Math.PI / 6) + 1e-9)
    }
  })

  const through = (view: readonly number[], colour: readonly number[]) =>
    [0, 1, 2].map((to) =>
      [0, 1, 2].reduce(
        (sum, from) => sum + colour[from]! * view[8 + from * 3 + to]!,
        view[17 + to]!,
      ),
    )
  it('leaves grey to brightness and contrast alone', () => {
    const grey = [90, 90, 90]
    for (let epoch = 1; epoch <= 20; epoch++) {
      const turned = through(of({ saturation: 0.9, hue: 0.5 }, 'a.jpg', epoch), grey)
      turned.forEach((value) => expect(value).toBeCloseTo(90, 6))
      const brighter = through(of({ brightness: 0.5 }, 'a.jpg', epoch), grey)
      expect(brighter[0]).toBeGreaterThanOrEqual(45 - 1e-6)
      expect(brighter[0]).toBeLessThanOrEqual(135 + 1e-6)
      const middle = through(of({ contrast: 0.5 }, 'a.jpg', epoch), [127.5, 127.5, 127.5])
      middle.forEach((value) => expect(value).toBeCloseTo(127.5, 6))
    }
  })

  it('without saturation is grey of the same lightness; hue turns red towards green', () => {
    const [red, green, blue] = [200, 50, 100]
    // Saturation 1 draws factors from 0 to 2: the smallest of many is nearly grey.
    const fades = Array.from({ length: 400 }, (_, epoch) =>
      through(of({ saturation: 1 }, 'a.jpg', epoch), [red, green, blue]),
    ).sort((a, b) => Math.max(...a) - Math.min(...a) - (Math.max(...b) - Math.min(...b)))
    const lightness = 0.299 * red + 0.587 * green + 0.114 * blue
    for (const value of fades[0]!) expect(Math.abs(value - lightness)).toBeLessThan(3)
    const turns = Array.from({ length: 200 }, (_, epoch) =>
      through(of({ hue: 0.34 }, 'a.jpg', epoch), [255, 0, 0]),
    )
    expect(turns.some(([r, g]) => g! > 250 && r! < 10)).toBe(true)
    expect(turns.some(([r, , b]) => b! > 250 && r! < 10)).toBe(true)
  })

  it('erases its share of the photos, a box within', () => {
    const boxes = Array.from({ length: 400 }, (_, epoch) =>
      of({ erase: 0.25 }, 'a.jpg', epoch).slice(20),
    )
    const erased = boxes.filter(([top, left, bottom, right]) => {
      if (bottom === top) return false
      const area = (bottom! - top!) * (right! - left!)
      expect(area).toBeGreaterThan(0.019)
      expect(area).toBeLessThan(0.331)
      expect(Math.min(top!, left!)).toBeGreaterThanOrEqual(0)
      expect(Math.max(bottom!, right!)).toBeLessThanOrEqual(1 + 1e-9)
      return true
    })
    expect(erased.length / boxes.length).toBeGreaterThan(0.18)
    expect(erased.length / boxes.length).toBeLessThan(0.32)
  })

  it('needs a canvas that leaves room', () => {
    const canvas = canvasOf(augmentations.basic, { size: 224, resize: 224 })
    expect(canvas).toEqual({ side: 256, colour: false, erase: false })
    expect(canvasOf(augmentations.strong, framing)).toMatchObject({ colour: true, erase: true })
  })
})

describe('a mixture', () => {
  const batch = photos(8, 8)
  const draw = (mix: 'mixup' | 'cutmix', alpha = 0.2, grid: [number, number] = [7, 7]) =>
    drawMix(batch, { seed: 1, mix, mixAlpha: alpha }, { epoch: 1, grid })

  it('repeats, pairs each photo with one, and keeps most of it', () => {
    for (const mix of ['mixup', 'cutmix'] as const) {
      expect(draw(mix)).toEqual(draw(mix))
      expect([...draw(mix).partners].sort((a, b) => a - b)).toEqual(batch.map((_, i) => i))
      for (const kept of draw(mix).kept) expect(kept).toBeGreaterThanOrEqual(0.5 - 1 / 7)
    }
    const next = drawMix(batch, { seed: 1, mix: 'mixup', mixAlpha: 1 }, { epoch: 2, grid: [7, 7] })
    expect(next).not.toEqual(draw('mixup', 1))
  })

  it('mixup has the whole picture, of the share that is not kept', () => {
    const { patches, kept } = draw('mixup')
    kept.forEach((own, n) => {
      expect([...patches.slice(n * 5, n * 5 + 4)]).toEqual([0, 0, 1, 1])
      expect(patches[n * 5 + 4]!).toBeCloseTo(1 - own, 6)
    })
  })

  it('cutmix keeps what its box leaves, counted in cells', () => {
    const { patches, kept } = draw('cutmix', 1)
    kept.forEach((own, n) => {
      const [top, left, bottom, right, share] = patches.slice(n * 5, n * 5 + 5)
      let cells = 0
      for (let y = 0; y < 7; y++)
        for (let x = 0; x < 7; x++) {
          const [down, across] = [(y + 0.5) / 7, (x + 0.5) / 7]
          if (down >= top! && down < bottom! && across >= left! && across < right!) cells++
        }
      expect(share).toBe(1)
      expect(own).toBeCloseTo(1 - cells / 49, 6)
    })
    expect(new Set(kept).size).toBeGreaterThan(4)
  })

  it('a vector is mixed as a whole, whatever is asked', () => {
    expect(draw('cutmix', 0.2, [1, 1])).toEqual(draw('mixup', 0.2, [1, 1]))
  })

  it('shares are those of Beta(alpha, alpha)', () => {
    const many = photos(4000)
    for (const alpha of [0.01, 0.2, 1, 4]) {
      const { kept } = drawMix(
        many,
        { seed: 1, mix: 'mixup', mixAlpha: alpha },
        {
          epoch: 1,
          grid: [1, 1],
        },
      )
      // Of the distance from the middle, whose square is the variance: 1 / (4 (2 alpha + 1)).
      const variance = kept.reduce((sum, own) => sum + (own - 0.5) ** 2, 0) / kept.length
      const expected = 1 / (4 * (2 * alpha + 1))
      expect(variance / expected, String(alpha)).toBeGreaterThan(0.95)
      expect(variance / expected, String(alpha)).toBeLessThan(1.05)
    }
  })
})

describe('targets', () => {
  const labels = Int32Array.of(0, 2)
  const plain = { classes: 3, weights: null, mix: null }

  it('are the labels unless something is asked', () => {
    expect(targetsOf(labels, { labelSmoothing: 0 }, plain)).toEqual({})
  })

  it('smoothed are those of PyTorch', () => {
    const { targets, weights } = targetsOf(labels, { labelSmoothing: 0.3 }, plain)
    const expected = [0.8, 0.1, 0.1, 0.1, 0.1, 0.8]
    targets!.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6))
    expect([...weights!]).toEqual([1, 1])
  })

  it('mixed and weighed are parts of both', () => {
    const mix = {
      partners: Int32Array.of(1, 0),
      patches: new Float32Array(10),
      kept: Float32Array.of(0.75, 1),
    }
    const weights = Float32Array.of(1, 1, 5)
    const asked = targetsOf(labels, { labelSmoothing: 0 }, { classes: 3, weights, mix })
    expect([...asked.targets!]).toEqual([0.75, 0, 0.25, 0, 0, 1])
    expect([...asked.weights!]).toEqual([2, 5])
  })

  it('add up to one, whatever is mixed', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.double({ min: 0.5, max: 1, noNaN: true }),
        (labelSmoothing, own) => {
          const mix = {
            partners: Int32Array.of(1, 0),
            patches: new Float32Array(10),
            kept: Float32Array.of(own, own),
          }
          const { targets } = targetsOf(labels, { labelSmoothing }, { ...plain, mix })
          for (const row of [targets!.slice(0, 3), targets!.slice(3)])
            expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5)
        },
      ),
    )
  })

  it('classes weigh against their size, 1 on average over the photos', () => {
    const all = photos(6, 3, 1)
    const weights = classWeights(all, 3)
    expect(weights[1]! / weights[0]!).toBeCloseTo(2, 6)
    expect(weights[2]! / weights[0]!).toBeCloseTo(6, 6)
    expect(all.reduce((sum, { label }) => sum + weights[label]!, 0) / 10).toBeCloseTo(1, 6)
  })
})
