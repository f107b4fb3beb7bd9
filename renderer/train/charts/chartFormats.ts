// How the values of each chart are written.
import { formatShare } from '../../locales/format'
import type { ChartName } from './curves'

export const asRate = (value: number) =>
  value === 0 ? '0' : value < 0.001 ? value.toExponential(1) : String(Number(value.toPrecision(3)))

/** "0.032", "3.2e-5". */
export const asPenalty = (value: number) =>
  value < 0.001 ? value.toExponential(1).replace('.0e', 'e') : String(Number(value.toPrecision(2)))

export const chartFormats: Readonly<Record<ChartName, (value: number) => string>> = {
  loss: (value) => value.toFixed(value >= 10 ? 1 : 3),
  accuracy: (value) => formatShare(value),
  rate: asRate,
  speed: (value) => (value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString()),
}
