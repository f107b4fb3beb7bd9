// Results on stdout: one JSON object with --json, else readable lines.

export function print(result: unknown, { json }: { readonly json?: boolean }) {
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${readable(result)}\n`)
}

function readable(value: unknown, indent = ''): string {
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object' || item === null))
      return value.map(shown).join(', ') || '-'
    return value.map((item) => `\n${indent}- ${readable(item, `${indent}  `).trimStart()}`).join('')
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(
        ([key, item]) =>
          `${indent}${key}: ${readable(item, `${indent}  `).replace(/^(?=[^\n-]*: )/, '\n')}`,
      )
      .join('\n')
  }
  return shown(value)
}

const shown = (value: unknown) =>
  typeof value === 'number' && !Number.isInteger(value)
    ? String(Number(value.toPrecision(5)))
    : String(value)
