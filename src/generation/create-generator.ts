import {DocentError} from '../domain/index.ts'
import {extractiveGenerator} from './extractive-generator.ts'
import type {Generator} from './generator.ts'
import type {CitationStyle} from './prompt.ts'
import type {UpstreamFeature} from './upstream-features.ts'
import {withFallbacks} from './with-fallbacks.ts'

export interface GeneratorSettings {
  readonly generator: 'auto' | 'anthropic' | 'extractive'
  readonly anthropicApiKey: string | null
  readonly anthropicBaseUrl: string | null
  readonly anthropicModel: string
  /** Used when the first model fails before its first text; null for none. */
  readonly anthropicFallbackModel: string | null
  /** As `citations` of `AnthropicOptions`. */
  readonly anthropicCitations?: CitationStyle | 'auto'
  /** As `lacking` of `AnthropicOptions`. */
  readonly anthropicLacks?: readonly UpstreamFeature[]
  readonly thinking: boolean
  readonly maxOutputTokens: number
  readonly stallTimeoutMs: number
  /** The run's deadline for the first token: retries end well before it. */
  readonly firstTokenTimeoutMs?: number
}

export interface GeneratorExtras {
  /** Called with one sentence on each retry, fallback and dropped citation, for the log. */
  readonly onNote?: (note: string) => void
  /** The same for what the operator should see to. */
  readonly onWarning?: (warning: string) => void
  /** Milliseconds between two deltas of an extract; default 8. */
  readonly extractPaceMs?: number
}

/** A generator that can say why it was chosen. */
export interface ChosenGenerator extends Generator {
  /** One sentence for the log at startup. Contains no secret. */
  describe(): string
}

/**
 * The generator that the settings choose: Claude with retries, a fallback model and then quoting, or quoting alone.
 * `auto` is the model when there is a key, or the address of a server that may need none. Anthropic's SDK is loaded only
 * for the model: it is a third of the files that a server loads.
 *
 * @throws DocentError `config` when the model is chosen without either.
 */
export async function createGenerator(
  settings: GeneratorSettings,
  extras: GeneratorExtras = {},
): Promise<ChosenGenerator> {
  const {generator: choice, anthropicApiKey: apiKey, anthropicModel: model} = settings
  const extractive = extractiveGenerator(
    extras.extractPaceMs === undefined ? {} : {paceMs: extras.extractPaceMs},
  )
  const hasModel = apiKey !== null || settings.anthropicBaseUrl !== null
  if (choice === 'extractive' || (choice === 'auto' && !hasModel)) {
    const why = choice === 'extractive' ? 'GENERATOR is extractive' : 'no ANTHROPIC_API_KEY is set'
    return {...extractive, describe: () => `Answers quote the docs (${why}); nothing leaves this machine.`}
  }
  if (!hasModel) {
    throw new DocentError('config', 'GENERATOR is anthropic, but no ANTHROPIC_API_KEY is set')
  }

  const {anthropicGenerator} = await import('./anthropic-generator.ts')
  const claude = (name: string): Generator =>
    anthropicGenerator({
      apiKey,
      baseUrl: settings.anthropicBaseUrl,
      model: name,
      thinking: settings.thinking,
      citations: settings.anthropicCitations ?? 'auto',
      lacking: settings.anthropicLacks ?? [],
      maxOutputTokens: settings.maxOutputTokens,
      stallTimeoutMs: settings.stallTimeoutMs,
      ...(extras.onNote ? {onNote: extras.onNote} : {}),
      ...(extras.onWarning ? {onWarning: extras.onWarning} : {}),
    })
  const fallbackModel = settings.anthropicFallbackModel === model ? null : settings.anthropicFallbackModel
  const generator = withFallbacks(claude(model), {
    fallback: fallbackModel === null ? null : claude(fallbackModel),
    lastResort: extractive,
    retryWithinMs: Math.min(8000, (settings.firstTokenTimeoutMs ?? 30_000) / 3),
    ...(extras.onNote ? {onNote: extras.onNote} : {}),
  })
  const key = apiKey === null ? 'ANTHROPIC_BASE_URL is set' : 'ANTHROPIC_API_KEY is set'
  const why = choice === 'anthropic' ? 'GENERATOR is anthropic' : key
  const where = settings.anthropicBaseUrl === null ? '' : ` at ${hostOf(settings.anthropicBaseUrl)}`
  const next = fallbackModel === null ? 'quotes the docs' : `asks ${fallbackModel}, then quotes the docs`
  return {
    ...generator,
    describe: () => `Answers are written by ${model}${where} (${why}); if it fails, Docent ${next}.`,
  }
}

/** The host alone: an address may contain a password. */
function hostOf(url: string): string {
  try {
    return new URL(url).host
  } catch {
    return 'the configured address'
  }
}
