// The arithmetic of looking closer: how a picture lies in its frame when it is fitted, zoomed about a
// point and moved. Positions are pixels from the frame's middle to the picture's middle. Pure.
export interface Looking {
  /** Screen pixels per picture pixel. */
  readonly scale: number
  readonly x: number
  readonly y: number
}
export interface Size {
  readonly width: number
  readonly height: number
}

/** The whole picture in the frame; small ones are not blown up beyond four times. */
export function fitted(picture: Size, frame: Size): Looking {
  if (!picture.width || !picture.height || !frame.width) return { scale: 1, x: 0, y: 0 }
  const scale = Math.min(frame.width / picture.width, frame.height / picture.height, 4)
  return { scale, x: 0, y: 0 }
}

/** Scales by `factor` and keeps in place what lies at a point, given from the frame's middle. */
export function zoomedAbout(
  looking: Looking,
  factor: number,
  point: { readonly x: number; readonly y: number },
): Looking {
  const scale = Math.min(32, Math.max(0.02, looking.scale * factor))
  const real = scale / looking.scale
  return {
    scale,
    x: point.x - (point.x - looking.x) * real,
    y: point.y - (point.y - looking.y) * real,
  }
}

/** No further aside than to the picture's edge; what fits lies in the middle. */
export function kept(looking: Looking, picture: Size, frame: Size): Looking {
  const room = (side: number, across: number) => Math.max(0, (side * looking.scale - across) / 2)
  const [x, y] = [room(picture.width, frame.width), room(picture.height, frame.height)]
  return {
    ...looking,
    x: Math.min(x, Math.max(-x, looking.x)),
    y: Math.min(y, Math.max(-y, looking.y)),
  }
}
