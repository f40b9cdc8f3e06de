import type {Pattern} from './plot.ts'

export interface Colours {
  /** The colour that a custom property stands for here. */
  of(property: string): string
}

/** A canvas knows no custom properties, so an element says what they are in this theme. */
export function coloursOf(host: HTMLElement, properties: readonly string[]): Colours {
  const probe = document.createElement('span')
  host.append(probe)
  const found = new Map<string, string>()
  for (const property of ['--back', ...properties]) {
    probe.style.color = `var(${property})`
    found.set(property, getComputedStyle(probe).color)
  }
  probe.remove()
  return {of: (property) => found.get(property)!}
}

const size = 8

/** What bars are filled with: the colour alone, or a pattern of it that is told apart without colour. */
export function fillOf(
  pattern: Pattern,
  colour: string,
  back: string,
): CanvasRenderingContext2D['fillStyle'] {
  if (pattern === 'solid') return colour
  const ratio = devicePixelRatio || 1
  const tile = document.createElement('canvas')
  tile.width = tile.height = Math.round(size * ratio)
  const context = tile.getContext('2d')!
  const scale = tile.width / size
  context.scale(scale, scale)
  context.fillStyle = back
  context.fillRect(0, 0, size, size)
  context.globalAlpha = pattern === 'bars' ? 0.28 : 0.22
  context.fillStyle = colour
  context.fillRect(0, 0, size, size)
  context.globalAlpha = 1
  context.strokeStyle = colour
  context.lineWidth = 1.6
  context.beginPath()
  if (pattern === 'hatch' || pattern === 'cross') {
    for (const offset of [-size, 0, size]) {
      context.moveTo(offset, size)
      context.lineTo(offset + size, 0)
      if (pattern === 'cross') {
        context.moveTo(offset, 0)
        context.lineTo(offset + size, size)
      }
    }
    context.stroke()
  } else if (pattern === 'dots') {
    context.arc(size / 2, size / 2, 1.6, 0, 2 * Math.PI)
    context.fill()
  }
  return context.createPattern(tile, 'repeat')!
}
