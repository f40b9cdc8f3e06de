/** A figure with three decimals. Rounding never turns a value below 1 into 1, or one above 0 into 0. */
export function formatFigure(value: number): string {
  const digits = value.toFixed(3)
  if (value > 0 && digits === '0.000') return '0.001'
  if (value < 1 && digits === '1.000') return '0.999'
  return digits
}

/** The same without a leading zero: `.839`, `1.000`. */
export function formatShare(value: number): string {
  return formatFigure(value).replace(/^0/, '')
}
