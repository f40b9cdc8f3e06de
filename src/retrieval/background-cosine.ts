import {dotAt} from '../lib/vector-math.ts'
import type {IndexBuild} from '../search-index/index.ts'

export interface BackgroundCosine {
  readonly mean: number
  /** Standard deviation, at least 0.02. */
  readonly spread: number
}

/** A sample of the build's passages: what cosines with unrelated text look like. */
interface Background {
  /** Concatenated. */
  readonly vectors: Float32Array
  readonly count: number
}

const backgrounds = new WeakMap<IndexBuild, Background>()
const backgroundSize = 192

function backgroundOf(build: IndexBuild): Background {
  let background = backgrounds.get(build)
  if (background === undefined) {
    // By page, since passage ids may have gaps; the middle section of each page.
    const pages = build.pages()
    const step = Math.max(1, pages.length / backgroundSize)
    const vectors: Float32Array[] = []
    for (let at = 0; at < pages.length; at += step) {
      const sections = build
        .sectionsOf(pages[Math.floor(at)]!.id)
        .filter(({passageCount}) => passageCount > 0)
      const section = sections[Math.floor(sections.length / 2)]
      if (section !== undefined) vectors.push(build.vectorOf(section.firstPassage))
    }
    const {dimensions} = build.manifest.embedding
    const packed = new Float32Array(vectors.length * dimensions)
    for (const [index, vector] of vectors.entries()) packed.set(vector, index * dimensions)
    background = {vectors: packed, count: vectors.length}
    backgrounds.set(build, background)
  }
  return background
}

/** Mean and spread of the cosines of a vector with passages spread over the build. */
export function backgroundCosine(build: IndexBuild, vector: Float32Array): BackgroundCosine {
  const {vectors, count} = backgroundOf(build)
  if (count === 0) return {mean: 0, spread: 1}
  let sum = 0
  let squares = 0
  for (let index = 0; index < count; index++) {
    const cosine = dotAt(vector, vectors, index * vector.length)
    sum += cosine
    squares += cosine * cosine
  }
  const mean = sum / count
  return {mean, spread: Math.max(0.02, Math.sqrt(Math.max(0, squares / count - mean * mean)))}
}
