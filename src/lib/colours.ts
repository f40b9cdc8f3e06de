/** Colours as `#rrggbb`, and how well they can be read on each other. */

/** The least contrast of text that WCAG 2 accepts in AA. */
export const minContrast = 4.5

/** The colour as `#rrggbb` in lower case, from that or `#rgb`; null for anything else. */
export function hexColour(text: string): string | null {
  if (!/^#(?:[\da-f]{3}|[\da-f]{6})$/i.test(text)) return null
  const digits = text.slice(1).toLowerCase()
  return `#${digits.length === 3 ? digits.replace(/./g, '$&$&') : digits}`
}

/** The colour, mixed with as little white, or black on a light ground, as makes it readable there. Both as `#rrggbb`. */
export function readableOn(ground: string, colour: string): string {
  const towards = luminanceOf(ground) < 0.18 ? 255 : 0
  for (let percent = 0; percent < 100; percent += 5) {
    const mixed = channelsOf(colour).map((channel) =>
      Math.round(channel + ((towards - channel) * percent) / 100),
    )
    const hex = `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`
    if (contrastOf(hex, ground) >= minContrast) return hex
  }
  return towards === 255 ? '#ffffff' : '#000000'
}

/** Contrast ratio of WCAG 2, from 1 to 21. */
export function contrastOf(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

function luminanceOf(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channelsOf(colour).map((channel) => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** Red, green and blue of `#rrggbb`, each from 0 to 255. */
function channelsOf(colour: string): readonly number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
}
