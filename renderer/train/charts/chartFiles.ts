// What a chart is saved as. PNG is drawn from the SVG, so that both show the same.
import { saveBlob } from '../../ui/saveFile'

/** Twice the size in pixels, for screens and slides of today. */
const density = 2

/** Draws an SVG onto a canvas and hands it over as a PNG; throws when it cannot be drawn. */
export async function savePng(svg: string, size: { width: number; height: number }, name: string) {
  const image = new Image()
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
  try {
    image.src = url
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = size.width * density
    canvas.height = size.height * density
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve))
    if (blob) saveBlob(blob, name)
  } finally {
    URL.revokeObjectURL(url)
  }
}
