// How a backbone sees photos whose features a head is fitted on: as a whole, and its middle at twice the
// scale, since what a photo is of often fills a small part of it. With both, wrong labels in ants-bees were
// found better by either backbone (bench/suggest), and heads were more accurate (bench/quality).
import type { View } from '../../../shared/network'

/** Of more photos only the whole is seen: the closer view doubles time and memory. */
const maxPhotos = 5000

/** Empty: the picture enters the network as it is. */
export const viewsFor = (photos: number): readonly View[] =>
  photos <= maxPhotos ? ['whole', 'closer'] : []

/** A picture of two views has twice the side of what the network's body sees. */
export const scaleOf = (views: readonly View[]) => (views.length > 0 ? 2 : 1)
