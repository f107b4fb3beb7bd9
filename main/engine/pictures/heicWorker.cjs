// The thread in which HEIC pictures are decoded: a second or so of computing in one piece. It answers
// every message, bytes of a file, with pixels or with null where libheif cannot make any of them.
// Plain JavaScript, because a worker starts from a file, also where the rest runs from its sources.
const { parentPort } = require('node:worker_threads')
const libheif = require('libheif-js/wasm-bundle')

// One decoder for all files: it frees a file's memory when it gets the next.
const decoder = new libheif.HeifDecoder()

/** RGBA of the file's primary picture, upright. @param {Uint8Array} bytes */
async function decode(bytes) {
  const images = decoder.decode(bytes)
  try {
    const image = images.find((each) => each.is_primary()) ?? images[0]
    if (!image) return null
    const [width, height] = [image.get_width(), image.get_height()]
    const data = new Uint8ClampedArray(width * height * 4)
    const drawn = await new Promise((resolve) => image.display({ data, width, height }, resolve))
    return drawn ? { width, height, data } : null
  } finally {
    for (const image of images) image.free()
  }
}

parentPort?.on('message', async (/** @type {Uint8Array} */ bytes) => {
  const decoded = await decode(bytes).catch(() => null)
  parentPort?.postMessage(decoded, decoded ? [decoded.data.buffer] : [])
})
