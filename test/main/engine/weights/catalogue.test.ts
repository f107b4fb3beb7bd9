import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { buildNetwork } from '../../../../main/engine/network/family'
import { networkParameters } from '../../../../main/engine/network/layers'
import { elementCount } from '../../../../main/engine/network/tensor'
import { catalogue, findInCatalogue } from '../../../../main/engine/weights/catalogue'
import type { Flavour } from '../../../../shared/network'

const downloadsOf = (flavour: Flavour) =>
  catalogue.flatMap((entry) =>
    entry.kind === 'download' && entry.flavour === flavour ? [entry] : [],
  )

describe('catalogue', () => {
  it('ships the starter that it names, byte for byte', () => {
    const starter = findInCatalogue('starter')
    if (starter?.kind !== 'shipped') throw new Error('the starter is not shipped')
    const bytes = readFileSync(starter.file)
    expect(bytes.length).toBe(starter.bytes)
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(starter.sha256)
  })

  it('names each published file by its hash', () => {
    const downloads = downloadsOf('standard')
    expect(downloads.map(({ id }) => id)).toEqual([
      'resnet18-imagenet',
      'resnet34-imagenet',
      'resnet50-imagenet',
      'resnet50-imagenet-v2',
      'resnet101-imagenet',
      'resnet101-imagenet-v2',
      'resnet152-imagenet',
      'resnet152-imagenet-v2',
    ])
    for (const { url, architecture, checksum } of downloads) {
      expect(checksum.algorithm).toBe('sha256')
      const published = checksum.digits.slice(0, 8)
      expect(url).toBe(`https://download.pytorch.org/models/${architecture}-${published}.pth`)
    }
  })

  it('knows full checksums, but of ResNet-152 V2 the eight digits that torchvision publishes', () => {
    const lengths = downloadsOf('standard').map(({ id, checksum }) => [id, checksum.digits.length])
    expect(lengths.filter(([, length]) => length !== 64)).toEqual([['resnet152-imagenet-v2', 8]])
  })

  it('resizes to 232 for torchvision’s second recipe, to 256 otherwise', () => {
    for (const { id, preprocessing } of downloadsOf('standard'))
      expect(preprocessing, id).toEqual({ resize: id.endsWith('-v2') ? 232 : 256, size: 224 })
  })

  it('knows Keras’s six by their MD5, at the size that their tensors have', () => {
    const downloads = downloadsOf('keras')
    expect(downloads).toHaveLength(6)
    for (const { url, architecture, flavour, checksum, bytes } of downloads) {
      expect(url).toMatch(
        new RegExp(`/resnet/${architecture}_weights_tf_dim_ordering_tf_kernels.h5$`),
      )
      expect(checksum).toEqual({
        algorithm: 'md5',
        digits: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      })
      const network = buildNetwork({ architecture, flavour, size: 224, classes: 1000 })
      const values = networkParameters(network).reduce(
        (sum, { shape }) => sum + elementCount(shape),
        0,
      )
      expect(bytes).toBe(values * 4)
    }
  })

  it('has no id twice', () => {
    expect(new Set(catalogue.map(({ id }) => id)).size).toBe(catalogue.length)
  })
})
