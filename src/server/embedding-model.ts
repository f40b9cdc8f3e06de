import {join} from 'node:path'
import type {Settings} from '../settings/index.ts'

/** The model that the settings choose, for whatever opens it: this process or a child. */
export function embeddingModelOf(settings: Settings) {
  const {embeddingModel: model, embeddingLanguages: languages} = settings
  return {model, cacheDir: modelCacheOf(settings), languages}
}

/** Where models from the hub are stored. */
export function modelCacheOf(settings: Settings): string {
  return join(settings.dataDir, 'models')
}
