// As much of libheif-js as heicWorker.cjs uses; the package brings no types for this build of it.
declare module 'libheif-js/wasm-bundle' {
  export interface Pixels {
    readonly width: number
    readonly height: number
    /** RGBA, row by row. */
    readonly data: Uint8ClampedArray
  }
  export interface HeifImage {
    is_primary(): boolean
    get_width(): number
    get_height(): number
    /** `drawn` is null where the picture cannot be decoded. */
    display(into: Pixels, then: (drawn: Pixels | null) => void): void
    free(): void
  }
  export class HeifDecoder {
    decode(bytes: Uint8Array): HeifImage[]
  }
}
