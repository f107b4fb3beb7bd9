// How works evaluate their measurements, and the parsers of program output and /proc.
import { describe, expect, it } from 'vitest'
import { timedLayers } from '../../bench/layerTimes'
import { tellingFlags } from '../../bench/machine'
import { row } from '../../bench/result'
import { residentOf } from '../../bench/watched'
import { chosenWorks, works } from '../../bench/works'
import { barsOf as antsBeesBars } from '../../bench/works/antsBees'
import { addedPercent } from '../../bench/works/decode'
import { peaksOfEpochs } from '../../bench/works/memory'
import { duringFeatures } from '../../bench/works/sets'
import { barsOf as train18Bars } from '../../bench/works/train18'

describe('choosing works', () => {
  it('takes all but those that want to be named, or the named ones in their usual order', () => {
    expect(chosenWorks(undefined)).toEqual(works.filter(({ name }) => name !== 'profile-18'))
    const names = chosenWorks('sets, train-18').map(({ name }) => name)
    expect(names).toEqual(['train-18', 'sets'])
    expect(chosenWorks('profile-18')).toHaveLength(1)
  })

  it('names what there is when one is unknown', () => {
    expect(() => chosenWorks('train-19')).toThrow(/"train-19"; there are train-18/)
  })
})

describe('train-18', () => {
  const rate = (who: string, value: number, what = 'training steps') =>
    row({ who, what, unit: '', precision: 'float32' }, [value])
  const rows = [
    rate('Restage', 10),
    rate('PyTorch channels_last', 8),
    rate('PyTorch default, float32', 5),
    rate('Restage', 120, 'matrix multiplication'),
    rate('PyTorch torch.mm', 218, 'matrix multiplication'),
  ]

  it('holds float32 against float32 and says why bfloat16 is left out', () => {
    const bars = train18Bars(rows, { native: 'float32' })
    const byName = Object.fromEntries(bars.map((bar) => [bar.what, bar]))
    expect(byName['float32, times PyTorch channels_last']).toMatchObject({
      value: 1.25,
      met: true,
    })
    const bfloat16 = bars.filter(({ what }) => what.startsWith('bfloat16'))
    expect(bfloat16).toHaveLength(3)
    for (const { value, reason } of bfloat16)
      expect({ value, reason }).toEqual({
        value: null,
        reason: 'the processor has neither avx512_bf16 nor amx_bf16',
      })
  })

  it("takes the share of the higher peak, ours or PyTorch's", () => {
    const share = train18Bars(rows, { native: 'float32' }).find(
      ({ what }) => what === 'float32, share of the measured matrix-multiply peak',
    )
    expect(share?.value).toBeCloseTo((10 * 10.9) / 218)
  })
})

describe('ants-bees', () => {
  it('compares accuracy only with a tutorial that ran to its end', () => {
    const own = { first: 10, second: 4, accuracy: 0.93 }
    const partly = antsBeesBars({ ...own, tutorial: { total: 600, accuracy: null } })
    expect(partly.map(({ met }) => met)).toEqual([true, null, true])
    const wholly = antsBeesBars({ ...own, tutorial: { total: 400, accuracy: 0.94 } })
    expect(wholly.map(({ met }) => met)).toEqual([false, false, true])
    expect(antsBeesBars({}).map(({ met }) => met)).toEqual([null, null, null])
  })
})

describe('memory', () => {
  const sample = (bytes: number, progress: string) => ({ seconds: 0, bytes, progress })

  it('takes the most of each epoch, told by the progress of the time', () => {
    const samples = [
      sample(9, ''),
      sample(5, 'resnet50, trains stem'),
      sample(6, 'epoch 1: loss 1'),
      sample(8, 'epoch 1: loss 1'),
      sample(7, 'training 2/50'),
      sample(4, 'epoch 4: loss 1'),
    ]
    expect(peaksOfEpochs(samples)).toEqual([8, 7, 4])
  })

  it('looks at the features pass once it is under way', () => {
    const samples = [
      sample(1, 'features 0/60000'),
      sample(2, 'features 640/60000, 900.0 photos/s'),
      sample(3, 'features 60000/60000, 900.0 photos/s'),
      sample(4, 'epoch 1: loss 1'),
    ]
    expect(duringFeatures(samples)).toEqual([2, 3])
  })

  it("reads Linux's status in bytes", () => {
    const status = 'VmPeak:\t 900 kB\nVmHWM:\t    300 kB\nVmRSS:\t    200 kB\n'
    expect(residentOf(status)).toEqual({ bytes: 204_800, peakBytes: 307_200 })
    expect(residentOf('')).toEqual({ bytes: 0, peakBytes: 0 })
  })
})

describe('decode', () => {
  it('adds what files take longer than memory', () => {
    const rate = (what: string, value: number) => row({ who: 'Restage', what, unit: '' }, [value])
    const rows = [rate('features alone', 40), rate('features from files', 32)]
    expect(addedPercent(rows)).toBeCloseTo(25)
    expect(addedPercent(rows.slice(1))).toBe(null)
  })
})

describe('the machine', () => {
  it('keeps the flags that decide about multiplication', () => {
    const cpuinfo = 'processor\t: 0\nflags\t\t: fpu avx avx2 avx512_bf16 sse4_1\nbogomips: 1\n'
    expect(tellingFlags(cpuinfo)).toEqual(['avx', 'avx2', 'avx512_bf16'])
    expect(tellingFlags('')).toEqual([])
  })
})

describe('layer times', () => {
  it('count every convolution and batch norm of the network once', () => {
    const layers = timedLayers('resnet18', 224)
    const count = (kind: string) =>
      layers.filter((layer) => layer.kind === kind).reduce((sum, layer) => sum + layer.count, 0)
    expect([count('convolution'), count('batchNorm'), count('add')]).toEqual([20, 20, 8])
    expect(
      layers.filter(({ inputGradient }) => !inputGradient).map(({ kernel }) => kernel),
    ).toEqual([7])
  })
})
