/** Room that the list should have, and the most and the least that it takes, in pixels. */
const wantedPx = 260
const maxPx = 460
const minPx = 132
/** Between the box and the list, and between the list and the edge. */
const gapPx = 8

/**
 * Places the list of the box: below it before the first question, above it later, and on the other side where there is
 * too little room, as over the keyboard of a phone. Forces layout, so call it only while the list is open.
 */
export function placeList(list: HTMLElement): void {
  const box = list.parentElement!.getBoundingClientRect()
  const view = visualViewport
  const viewTop = view?.offsetTop ?? 0
  const viewBottom = viewTop + (view?.height ?? innerHeight)
  // The bar stays free, and what is outside of a panel or dialog is clipped.
  const bar = list.closest('.frame')?.querySelector('.bar')?.getBoundingClientRect()
  const clip = list.closest('.panel, dialog')?.getBoundingClientRect()
  const above = box.top - Math.max(viewTop, bar?.bottom ?? viewTop) - 2 * gapPx
  const below = Math.min(viewBottom, clip?.bottom ?? viewBottom) - box.bottom - 2 * gapPx
  const isEmpty = list.closest('.frame.empty') !== null
  const [wanted, other] = isEmpty ? [below, above] : [above, below]
  const isBelow = isEmpty === (wanted >= wantedPx || wanted >= other)
  const room = Math.max(minPx, Math.min(maxPx, isBelow ? below : above))
  list.classList.toggle('up', !isBelow)
  list.style.setProperty('max-height', `${Math.floor(room)}px`)
}
