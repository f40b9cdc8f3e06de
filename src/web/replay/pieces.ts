/** In place of `pieces/pieces.ts` in a page that must not load anything: the pieces themselves. */

import * as highlighterPiece from '../pieces/highlighter.ts'
import type {Piece} from '../pieces/pieces.ts'
import * as rendererPiece from '../pieces/renderer.ts'

export const scriptFolder = ''
export const highlighter = here(highlighterPiece)
export const renderer = here(rendererPiece)

function here<T>(module: T): Piece<T> {
  return {loaded: module, load: async () => module}
}
