import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { catalogue, findInCatalogue } from '../../../../main/engine/weights/catalogue'

describe('catalogue', () => {
  it('ships the starter that it names, byte for byte', () => {
    const starter = findInCatalogue('starter')
    if (starter?.kind !== 'shipped') throw new Error('the starter is not shipped')
    const bytes = readFileSync(starter.file)
    expect(bytes.length).toBe(starter.bytes)
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(starter.sha256)
  })

  it('names each published file by its hash', () => {
    const downloads = catalogue.flatMap((entry) => (entry.kind === 'download' ? [entry] : []))
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
    for (const { url, architecture, sha256Prefix } of downloads) {
      expect(url).toBe(`https://download.pytorch.org/models/${architecture}-${sha256Prefix}.pth`)
    }
  })

  it('has no id twice', () => {
    expect(new Set(catalogue.map(({ id }) => id)).size).toBe(catalogue.length)
  })
})
