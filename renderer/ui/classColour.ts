// The colour a class is told apart by: the one chosen for it, else one by its position. The palette
// itself is in styles/tokens.css, and leaves out the two colours that mean frozen and training.
import type { PictureClass } from '../../shared/dataset'

export const paletteSize = 12

export const paletteColour = (index: number) => `var(--class-${index % paletteSize})`
export const classColour = ({ colour }: PictureClass, position: number) =>
  paletteColour(colour ?? position)
