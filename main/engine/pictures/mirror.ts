/** A horizontally flipped copy of pictures [count, side, side, 3]. */
export function mirrored(pixels: Uint8Array, side: number): Uint8Array {
  const result = new Uint8Array(pixels.length)
  for (let row = 0; row < pixels.length; row += side * 3) {
    for (let x = 0; x < side; x++) {
      const [from, to] = [row + x * 3, row + (side - 1 - x) * 3]
      result[to] = pixels[from]!
      result[to + 1] = pixels[from + 1]!
      result[to + 2] = pixels[from + 2]!
    }
  }
  return result
}
