import {dot} from '../lib/vector-math.ts'
import type {IndexBuild, StoredSection} from '../search-index/index.ts'
import {BuildCache} from './build-cache.ts'

/** How similar a section is to a vector. */
export interface SectionCosines {
  /** With its nearest passage. */
  readonly cosine: number
  /** With the whole section: the mean of its passages. */
  readonly sectionCosine: number
  readonly bestPassageId: number
}

export function cosinesOf(build: IndexBuild, section: StoredSection, vector: Float32Array): SectionCosines {
  const {firstPassage, passageCount} = section
  if (passageCount === 0) return {cosine: 0, sectionCosine: 0, bestPassageId: firstPassage}
  let best = -1
  let sum = 0
  let bestPassageId = firstPassage
  for (let id = firstPassage; id < firstPassage + passageCount; id++) {
    const cosine = dot(vector, build.vectorOf(id))
    sum += cosine
    if (cosine > best) {
      best = cosine
      bestPassageId = id
    }
  }
  // The dot product with a sum is the sum of the dot products.
  const sectionCosine = passageCount === 1 ? best : sum / BuildCache.of(build).normOf(section)
  return {cosine: best, sectionCosine, bestPassageId}
}
