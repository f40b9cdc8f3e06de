/** A figure with three digits; rounding makes no whole of what is not one, and no nothing of what is something. */
export function shownFigure(value: number): string {
  const digits = value.toFixed(3)
  if (value > 0 && digits === '0.000') return '0.001'
  if (value < 1 && digits === '1.000') return '0.999'
  return digits
}

/** The same as `.839`, `1.000`. */
export function shownShare(value: number): string {
  return shownFigure(value).replace(/^0/, '')
}
