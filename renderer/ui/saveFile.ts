// Hands a file made in the window to the person: the browser's own "save" with a suggested name.

export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download has its own hold on the data once the click was handled.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

export const saveText = (text: string, name: string, type = 'text/csv') =>
  saveBlob(new Blob([text], { type }), name)
