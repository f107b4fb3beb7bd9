// Where tiles lie and which a rubber band touches.
import { describe, expect, test } from 'vitest'
import { layOut, tilesIn } from '../../../../renderer/data/grid/gridLayout'

describe('the grid', () => {
  test('tiles and gaps fill the width exactly', () => {
    for (const width of [200, 644, 664, 1500]) {
      const { columns, tile, gap } = layOut(width)
      expect(columns * tile + (columns - 1) * gap).toBeCloseTo(width)
    }
  })

  test('five columns in the middle of a 1280 window', () => {
    expect(layOut(654).columns).toBe(5)
  })

  test('a band touches the tiles it covers, not those beyond its gap nor beyond the last', () => {
    const layout = { columns: 3, tile: 100, gap: 10 }
    expect(tilesIn({ left: 50, top: 50, right: 150, bottom: 60 }, layout, 9)).toEqual([0, 1])
    expect(tilesIn({ left: 102, top: 0, right: 108, bottom: 5 }, layout, 9)).toEqual([])
    expect(tilesIn({ left: 0, top: 0, right: 400, bottom: 400 }, layout, 4)).toEqual([0, 1, 2, 3])
  })
})
