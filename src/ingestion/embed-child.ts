import {openEmbedder} from '../embedding/index.ts'
import {serveTasks} from '../processes/index.ts'

export interface EmbedSetup {
  /** Same as the setting `EMBEDDING_MODEL`. */
  readonly model: string | null
  readonly cacheDir: string
}

export interface EmbedReady {
  readonly id: string
  readonly name: string
  readonly dimensions: number
}

export type EmbedTask =
  | {readonly type: 'passages'; readonly texts: readonly string[]}
  | {readonly type: 'questions'; readonly texts: readonly string[]}

serveTasks<EmbedSetup, EmbedTask>(async ({model, cacheDir}) => {
  const embedder = await openEmbedder({model, cacheDir, withWords: false})
  const {id, name, dimensions} = embedder
  return {
    ready: {id, name, dimensions} satisfies EmbedReady,
    /** Returns the vectors of all texts, one after the other in one array, which is cheap to send. */
    async perform(task) {
      const vectors =
        task.type === 'passages'
          ? await embedder.embedPassages(task.texts)
          : await Promise.all(task.texts.map((text) => embedder.embedQuery(text)))
      const values = new Float32Array(vectors.length * dimensions)
      vectors.forEach((vector, i) => {
        values.set(vector, i * dimensions)
      })
      return values
    },
  }
})
