// The grid's arithmetic: how many columns fit, where tiles lie, which a rubber band touches. Pure.
export interface GridLayout {
  readonly columns: number
  /** Side of a tile in pixels. */
  readonly tile: number
  readonly gap: number
}
export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export function layOut(width: number, wanted = 120, gap = 8): GridLayout {
  const columns = Math.max(2, Math.floor((width + gap) / (wanted + gap)))
  return { columns, gap, tile: Math.max(40, (width - gap * (columns - 1)) / columns) }
}

/** Indices of the tiles that a box touches, of `count` tiles laid out row by row. */
export function tilesIn(box: Box, layout: GridLayout, count: number): number[] {
  const pitch = layout.tile + layout.gap
  const first = (edge: number) => Math.max(0, Math.floor((edge + layout.gap) / pitch))
  const rows = [first(box.top), Math.floor(box.bottom / pitch)] as const
  const columns = [
    first(box.left),
    Math.min(layout.columns - 1, Math.floor(box.right / pitch)),
  ] as const
  const touched: number[] = []
  for (let row = rows[0]; row <= rows[1]; row++) {
    for (let column = columns[0]; column <= columns[1]; column++) {
      const index = row * layout.columns + column
      if (index < count) touched.push(index)
    }
  }
  return touched
}
