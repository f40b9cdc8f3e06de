export interface Place {
  readonly left: number
  readonly top: number
}

const gapPx = 8
/** Most pieces of text of one element that are looked at. */
const maxNodes = 50

/**
 * Where something of this size stands beside, above or below a part of the page without covering text; where it covers
 * some everywhere, the first of these places that is in the window. Null where there is no room at all.
 *
 * @param part of the page, in the window.
 * @param columnRight right edge of the text around it.
 * @param free horizontal range of the window that nothing else covers.
 */
export function freePlace(
  part: DOMRect,
  columnRight: number,
  {width, height}: {readonly width: number; readonly height: number},
  free: {readonly left: number; readonly right: number},
): Place | null {
  const left = Math.max(free.left + gapPx, Math.min(part.right, free.right - gapPx) - width)
  const places = [
    {left: columnRight + gapPx, top: Math.max(gapPx, part.top)},
    {left, top: part.top - height - gapPx},
    {left, top: part.bottom + gapPx},
    // Of a part that fills the window.
    {left, top: Math.min(part.bottom + gapPx, innerHeight - height - gapPx)},
  ].filter(
    (place) =>
      place.left >= free.left &&
      place.left + width <= free.right &&
      place.top >= gapPx &&
      place.top + height <= innerHeight,
  )
  return places.find(({left, top}) => !coversText(new DOMRect(left, top, width, height))) ?? places[0] ?? null
}

function coversText(area: DOMRect): boolean {
  const {left, right, top, bottom, width, height} = area
  const seen = new Set<Element>()
  for (const x of [left + 1, left + width / 2, right - 1])
    for (const y of [top + 1, top + height / 2, bottom - 1]) {
      const element = document.elementFromPoint(x, y)
      if (element !== null) seen.add(element)
    }
  return [...seen].some((element) =>
    [...element.childNodes].slice(0, maxNodes).some((node) => isIn(node, area)),
  )
}

/** Whether a node is text, and some of it is in the area. */
function isIn(node: Node, area: DOMRect): boolean {
  if (!(node instanceof Text) || node.data.trim() === '') return false
  const range = document.createRange()
  range.selectNodeContents(node)
  return [...range.getClientRects()].some(
    ({left, right, top, bottom}) =>
      left < area.right && right > area.left && top < area.bottom && bottom > area.top,
  )
}
