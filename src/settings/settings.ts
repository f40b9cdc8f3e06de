import {config as loadEnvFile} from 'dotenv'
import {type ContentSource, DocentError, type ModelPrices} from '../domain/index.ts'
import {isMisspellingOf} from '../lib/misspelling.ts'
import {type OwnPattern, type RedactionKind, redactionKinds} from '../redaction/index.ts'
import {
  accentColours,
  cornerRadius,
  footerText,
  handOverUrl,
  line,
  logoAddress,
  suggestedQuestions,
} from './assistant-settings.ts'
import {contentSources, type ForSources, joinedSources, siteGenerators, siteUrls} from './content-sources.ts'
import {environmentForGit, type GitTokens, gitTokensOf, isTokenName} from './git-tokens.ts'
import {
  type NotifyEvent,
  notifyEventNames,
  notifyEvents,
  notifySecret,
  notifyUrls,
} from './notify-settings.ts'
import {kindsToRedact, patternsToRedact} from './redaction-settings.ts'
import {
  databaseUrl,
  folder,
  host,
  hosts,
  httpUrl,
  imageHosts,
  isHeaderText,
  maxMs,
  modelLanguages,
  modelName,
  modelPrices,
  oneOf,
  onOff,
  optional,
  origins,
  publicUrl,
  token,
  trustedProxies,
  unlessEmpty,
  upstreamLacks,
  wholeNumber,
  withoutPassword,
} from './setting-values.ts'

/**
 * The settings, read from the environment once. This is the only code that reads it. `settingsTable` is the single list
 * of names, defaults and meanings; the tables in the README and the docs are generated from it.
 */
export interface Settings {
  readonly port: number
  readonly host: string
  readonly publicUrl: string | null
  /** What `CONTENT_DIR` names, with what `SITE_GENERATOR` says of each; never empty. */
  readonly sources: readonly ContentSource[]
  readonly contentPollMinutes: number
  readonly dataDir: string
  readonly databaseUrl: string | null
  readonly databaseConnections: number
  /** A folder that all servers of `databaseUrl` see, for the files of builds; null: they are in the database. */
  readonly buildsDir: string | null
  /** By the name of the source if there are several. */
  readonly siteUrl: ForSources<string> | null
  readonly siteGenerator: ForSources<string> | null
  readonly gitTokens: GitTokens
  readonly webhookSecret: string | null
  readonly notifyUrls: readonly string[]
  readonly notifySecret: string | null
  readonly notifyEvents: readonly NotifyEvent[]
  readonly embeddingModel: string | null
  readonly embeddingLanguages: readonly string[] | 'all' | null
  readonly generator: 'auto' | 'anthropic' | 'extractive'
  readonly anthropicApiKey: string | null
  readonly anthropicBaseUrl: string | null
  readonly anthropicModel: string
  readonly modelPrices: ModelPrices
  readonly anthropicFallbackModel: string | null
  readonly anthropicCitations: 'auto' | 'native' | 'markers'
  readonly anthropicLacks: readonly ('cache' | 'tools' | 'thinking')[]
  readonly thinking: boolean
  readonly rewriteFollowUps: boolean
  readonly maxOutputTokens: number
  readonly adminToken: string | null
  readonly docsToken: string | null
  readonly supportToken: string | null
  readonly metricsToken: string | null
  readonly apiToken: string | null
  readonly allowedOrigins: readonly string[]
  readonly allowedHosts: readonly string[]
  readonly trustProxy: string | null
  readonly firstTokenTimeoutMs: number
  readonly stallTimeoutMs: number
  readonly answerTimeoutMs: number
  readonly resumeGraceMs: number
  readonly heartbeatMs: number
  readonly bufferMs: number
  readonly slowReaderTimeoutMs: number
  readonly shutdownGraceMs: number
  readonly retentionDays: number
  readonly transcripts: 'full' | 'metadata' | 'off'
  readonly transcriptsMaxMb: number
  readonly auditDays: number
  readonly transcriptsRedact: readonly RedactionKind[]
  readonly transcriptsRedactPatterns: readonly OwnPattern[]
  readonly rateLimitPerMinute: number
  readonly searchLimitPerMinute: number
  readonly requestLimitPerMinute: number
  readonly maxConcurrentAnswers: number
  readonly maxConcurrentAnswersPerVisitor: number
  readonly answersPerDay: number
  readonly answersPerDayPerVisitor: number | null
  readonly maxConnectionsPerAddress: number
  readonly imageHosts: readonly string[]
  readonly assistantName: string | null
  readonly assistantLogo: string | null
  /** Two colours as `#rrggbb #rrggbb`, for light and dark. */
  readonly assistantAccent: string | null
  /** In CSS pixels. */
  readonly assistantRadius: number | null
  readonly assistantGreeting: string | null
  readonly assistantFooter: string | null
  readonly assistantSuggestions: readonly string[]
  readonly handOverUrl: string | null
  readonly keepBuilds: number
  readonly maxShrinkPercent: number
  readonly logLevel: LogLevel
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'

interface Setting<T> {
  readonly name: string
  readonly key: keyof Settings
  /** The default, as written in the environment; '' means unset. */
  readonly fallback: string
  readonly meaning: string
  readonly secret?: true
  /** What to do instead of setting it to nothing; default: that leaves it at its default. */
  readonly notEmpty?: string
  /** @throws Error with a message that completes "NAME=value …". */
  readonly parse: (text: string) => T
}

/** Every setting: its name, default and meaning. */
export const settingsTable: readonly Setting<unknown>[] = [
  {
    name: 'PORT',
    key: 'port',
    fallback: '3000',
    meaning: 'Port to listen on; 0 picks a free one.',
    parse: wholeNumber(0, 65535),
  },
  {
    name: 'HOST',
    key: 'host',
    fallback: '127.0.0.1',
    meaning: 'Address to listen on; `0.0.0.0` for all.',
    parse: host,
  },
  {
    name: 'PUBLIC_URL',
    key: 'publicUrl',
    fallback: '',
    meaning:
      'Where this server is reached, such as `https://ask.example.com`, for links to it that it hands out. Without it, links are made from the request, or from `HOST` and `PORT`.',
    parse: publicUrl,
  },
  {
    name: 'CONTENT_DIR',
    key: 'sources',
    fallback: 'content',
    meaning:
      'Folder of Markdown to answer from, or several sources, comma-separated: `name=folder`, `name=https://host/repository.git#branch:folder`.',
    parse: contentSources,
  },
  {
    name: 'CONTENT_POLL_MINUTES',
    key: 'contentPollMinutes',
    fallback: '0',
    meaning:
      'How often the server asks the repositories in `CONTENT_DIR` whether something changed, in minutes; 0 never.',
    parse: wholeNumber(0, 7 * 24 * 60),
  },
  {
    name: 'GIT_TOKEN',
    key: 'gitTokens',
    fallback: '',
    meaning:
      'Token, or `user:password`, to read repositories over https. `GIT_TOKEN_<NAME>` is that of one source.',
    secret: true,
    parse: optional,
  },
  {
    name: 'WEBHOOK_SECRET',
    key: 'webhookSecret',
    fallback: '',
    meaning: 'Secret that GitHub or GitLab signs pushes with, to reindex by `POST /api/admin/reindex`.',
    secret: true,
    parse: token,
  },
  {
    name: 'NOTIFY_URL',
    key: 'notifyUrls',
    fallback: '',
    meaning: 'Addresses that are sent a signed message when something happens, at most 5, comma-separated.',
    secret: true,
    parse: notifyUrls,
  },
  {
    name: 'NOTIFY_SECRET',
    key: 'notifySecret',
    fallback: '',
    meaning: 'What these messages are signed with: `whsec_` and base64, or any 16 characters or more.',
    secret: true,
    parse: notifySecret,
  },
  {
    name: 'NOTIFY_EVENTS',
    key: 'notifyEvents',
    fallback: notifyEventNames.join(','),
    meaning: 'What they are sent for, comma-separated.',
    notEmpty: 'leave it out to be told of everything, or leave out NOTIFY_URL to be told of nothing',
    parse: notifyEvents,
  },
  {
    name: 'DATA_DIR',
    key: 'dataDir',
    fallback: 'data',
    meaning: 'Folder for the index and the transcripts.',
    parse: folder,
  },
  {
    name: 'DATABASE_URL',
    key: 'databaseUrl',
    fallback: '',
    meaning:
      'PostgreSQL (14 or later) for several servers: transcripts, staff, limits and the index are kept there. `DATA_DIR` has a copy of the index.',
    secret: true,
    parse: databaseUrl,
  },
  {
    name: 'DATABASE_CONNECTIONS',
    key: 'databaseConnections',
    fallback: '10',
    meaning:
      'Maximum connections of each server to `DATABASE_URL`, besides two for messages and its lease, and up to four of an ingest.',
    parse: wholeNumber(2, 200),
  },
  {
    name: 'BUILDS_DIR',
    key: 'buildsDir',
    fallback: '',
    meaning:
      'With `DATABASE_URL`: a folder that all servers see, such as one of NFS, in which the files of the index are kept. Default: they are in the database.',
    parse: optional,
  },
  {
    name: 'SITE_URL',
    key: 'siteUrl',
    fallback: '',
    meaning:
      'URL where the docs are published; for several sources one for all, or `name=https://…` for each. Without it, sources link to this server’s own `/docs/…`.',
    parse: siteUrls,
  },
  {
    name: 'SITE_GENERATOR',
    key: 'siteGenerator',
    fallback: '',
    meaning:
      'What makes the site of the pages, such as `docusaurus`. Default: found in the project; `npm run ingest -- --explain` says what and why. For several sources one for all, or `name=docusaurus` for each.',
    parse: siteGenerators,
  },
  {
    name: 'EMBEDDING_MODEL',
    key: 'embeddingModel',
    fallback: '',
    meaning: 'A folder or a Hugging Face model id. Default: the model in `models/`.',
    parse: optional,
  },
  {
    name: 'EMBEDDING_LANGUAGES',
    key: 'embeddingLanguages',
    fallback: '',
    meaning:
      'Languages that the embedding model knows, as `en, de`; in others words alone decide. `all` for any. Default: known for the model in `models/` (`en`) and for widely used ones; any for the rest.',
    parse: modelLanguages,
  },
  {
    name: 'GENERATOR',
    key: 'generator',
    fallback: 'auto',
    meaning: '`anthropic`, `extractive` or `auto`: anthropic if there is a key or an ANTHROPIC_BASE_URL.',
    parse: oneOf('auto', 'anthropic', 'extractive'),
  },
  {
    name: 'ANTHROPIC_API_KEY',
    key: 'anthropicApiKey',
    fallback: '',
    meaning: 'API key; turns Claude on. Servers at ANTHROPIC_BASE_URL may need none.',
    secret: true,
    parse: optional,
  },
  {
    name: 'ANTHROPIC_BASE_URL',
    key: 'anthropicBaseUrl',
    fallback: '',
    meaning: 'Another server of the Messages API, such as Ollama or a gateway; turns its model on.',
    parse: httpUrl,
  },
  {
    name: 'ANTHROPIC_MODEL',
    key: 'anthropicModel',
    fallback: 'claude-haiku-5-5',
    meaning: 'The model that writes answers.',
    parse: modelName,
  },
  {
    name: 'MODEL_PRICES',
    key: 'modelPrices',
    fallback: '',
    meaning:
      'Prices of models per million tokens, for estimates of cost, as `claude-haiku-5-5=1/5`: input/output, or input/output/cache read/cache write; comma-separated, in any currency.',
    parse: modelPrices,
  },
  {
    name: 'ANTHROPIC_FALLBACK_MODEL',
    key: 'anthropicFallbackModel',
    fallback: '',
    meaning: 'Model to try if the first one fails before its first token.',
    parse: (value) => optional(modelName(value)),
  },
  {
    name: 'ANTHROPIC_CITATIONS',
    key: 'anthropicCitations',
    fallback: 'auto',
    meaning:
      '`native` uses Claude’s citations; `markers` asks for `[n]` in the text, for servers and models without citations. `auto`: native for models with “claude” in their name, until their server rejects it.',
    parse: oneOf('auto', 'native', 'markers'),
  },
  {
    name: 'ANTHROPIC_LACKS',
    key: 'anthropicLacks',
    fallback: '',
    meaning:
      'What the server at ANTHROPIC_BASE_URL does not take, of `cache`, `tools` and `thinking`, comma-separated. Default: found out when it rejects a request.',
    parse: upstreamLacks,
  },
  {
    name: 'THINKING',
    key: 'thinking',
    fallback: 'off',
    meaning: 'Lets Claude think before it answers, and shows that it does. The first token takes longer.',
    parse: onOff,
  },
  {
    name: 'REWRITE_FOLLOW_UPS',
    key: 'rewriteFollowUps',
    fallback: 'off',
    meaning:
      'Lets Claude rewrite follow-up questions before the search. Each takes one more short call; if that fails or is slow, the search uses the question as asked.',
    parse: onOff,
  },
  {
    name: 'MAX_OUTPUT_TOKENS',
    key: 'maxOutputTokens',
    fallback: '1500',
    meaning: 'Maximum length of an answer by Claude, in tokens.',
    parse: wholeNumber(64, 64_000),
  },
  {
    name: 'ADMIN_TOKEN',
    key: 'adminToken',
    fallback: '',
    meaning:
      'Token for all staff actions, including deletion. Without any staff token a one-time sign-in link is printed at start.',
    secret: true,
    parse: token,
  },
  {
    name: 'DOCS_TOKEN',
    key: 'docsToken',
    fallback: '',
    meaning: 'Token to reindex, and to list and activate builds.',
    secret: true,
    parse: token,
  },
  {
    name: 'SUPPORT_TOKEN',
    key: 'supportToken',
    fallback: '',
    meaning: 'Token to read and review transcripts.',
    secret: true,
    parse: token,
  },
  {
    name: 'METRICS_TOKEN',
    key: 'metricsToken',
    fallback: '',
    meaning: 'Bearer token to read `/metrics`. Without it, only this machine can.',
    secret: true,
    parse: token,
  },
  {
    name: 'API_TOKEN',
    key: 'apiToken',
    fallback: '',
    meaning:
      'Bearer token, or API key, that clients of the OpenAI-compatible API send. Without it, any key or none is accepted.',
    secret: true,
    parse: token,
  },
  {
    name: 'ALLOWED_ORIGINS',
    key: 'allowedOrigins',
    fallback: '',
    meaning:
      'Origins whose pages may ask questions, such as `https://docs.example.com`, comma-separated, or `*`. The server’s own pages always may.',
    parse: origins,
  },
  {
    name: 'ALLOWED_HOSTS',
    key: 'allowedHosts',
    fallback: '',
    meaning:
      'Host names this server answers for, comma-separated, or `*` for any; those of `SITE_URL` and `PUBLIC_URL`, and `localhost`, are always included. Without it any name is accepted, but while `HOST` is local, requests that no proxy forwarded must use a name of this machine.',
    parse: hosts,
  },
  {
    name: 'TRUST_PROXY',
    key: 'trustProxy',
    fallback: '',
    meaning:
      'Proxies whose `X-Forwarded-For` is trusted: how many there are in front of Docent, or their addresses: `10.0.0.0/8`, `loopback`, `linklocal`, `uniquelocal`, comma-separated.',
    parse: trustedProxies,
  },
  {
    name: 'FIRST_TOKEN_TIMEOUT_MS',
    key: 'firstTokenTimeoutMs',
    fallback: '30000',
    meaning: 'Maximum wait for the first token.',
    parse: wholeNumber(1, maxMs),
  },
  {
    name: 'STALL_TIMEOUT_MS',
    key: 'stallTimeoutMs',
    fallback: '20000',
    meaning: 'Maximum silence between bytes from the model, including its pings.',
    parse: wholeNumber(1, maxMs),
  },
  {
    name: 'ANSWER_TIMEOUT_MS',
    key: 'answerTimeoutMs',
    fallback: '120000',
    meaning: 'Maximum time for a whole answer.',
    parse: wholeNumber(1, maxMs),
  },
  {
    name: 'RESUME_GRACE_MS',
    key: 'resumeGraceMs',
    fallback: '30000',
    meaning: 'How long a resumable answer continues without a reader.',
    parse: wholeNumber(0, maxMs),
  },
  {
    name: 'HEARTBEAT_MS',
    key: 'heartbeatMs',
    fallback: '15000',
    meaning: 'How often a comment is sent to keep idle streams open.',
    parse: wholeNumber(10, maxMs),
  },
  {
    name: 'BUFFER_MS',
    key: 'bufferMs',
    fallback: '0',
    meaning: 'How long deltas are buffered and merged before they are sent; 0 sends each at once.',
    parse: wholeNumber(0, 10_000),
  },
  {
    name: 'SLOW_READER_TIMEOUT_MS',
    key: 'slowReaderTimeoutMs',
    fallback: '30000',
    meaning: 'A reader that accepts no data for this long is disconnected; it can resume.',
    parse: wholeNumber(10, maxMs),
  },
  {
    name: 'SHUTDOWN_GRACE_MS',
    key: 'shutdownGraceMs',
    fallback: '10000',
    meaning: 'How long answers may finish after SIGTERM.',
    parse: wholeNumber(0, maxMs),
  },
  {
    name: 'RETENTION_DAYS',
    key: 'retentionDays',
    fallback: '90',
    meaning: 'Transcripts older than this are removed; 0 keeps them.',
    parse: wholeNumber(0, 36_500),
  },
  {
    name: 'TRANSCRIPTS',
    key: 'transcripts',
    fallback: 'full',
    meaning: '`full`, `metadata` (no text of anybody) or `off` (nothing after the answer has ended).',
    parse: oneOf('full', 'metadata', 'off'),
  },
  {
    name: 'TRANSCRIPTS_MAX_MB',
    key: 'transcriptsMaxMb',
    fallback: '0',
    meaning: 'Approximate size of the transcripts, in MB, at which the oldest are removed; 0 for no limit.',
    parse: wholeNumber(0, 10_000_000),
  },
  {
    name: 'AUDIT_DAYS',
    key: 'auditDays',
    fallback: '365',
    meaning: 'Lines of the audit log older than this are removed; 0 keeps them.',
    parse: wholeNumber(0, 36_500),
  },
  {
    name: 'TRANSCRIPTS_REDACT',
    key: 'transcriptsRedact',
    fallback: redactionKinds.join(', '),
    meaning:
      'What is replaced by `[email]`, `[key]` and so on in what visitors write, before it is stored or logged: kinds, comma-separated, or `none`.',
    parse: kindsToRedact,
  },
  {
    name: 'TRANSCRIPTS_REDACT_PATTERNS',
    key: 'transcriptsRedactPatterns',
    fallback: '',
    meaning:
      'A file of patterns to replace as well, a line each: a name and a regular expression of RE2, as `ticket \\bACME-\\d{4,8}\\b`.',
    parse: patternsToRedact,
  },
  {
    name: 'RATE_LIMIT_PER_MINUTE',
    key: 'rateLimitPerMinute',
    fallback: '20',
    meaning: 'Maximum questions of a visitor in a minute; 0 for no limit.',
    parse: wholeNumber(0, 1_000_000),
  },
  {
    name: 'SEARCH_LIMIT_PER_MINUTE',
    key: 'searchLimitPerMinute',
    fallback: '240',
    meaning: 'Maximum searches of a visitor in a minute; 0 for no limit.',
    parse: wholeNumber(0, 1_000_000),
  },
  {
    name: 'REQUEST_LIMIT_PER_MINUTE',
    key: 'requestLimitPerMinute',
    fallback: '3000',
    meaning:
      'Maximum requests of a visitor in a minute, of any kind, including files and WebSocket messages; 0 for no limit.',
    parse: wholeNumber(0, 1_000_000),
  },
  {
    name: 'MAX_CONCURRENT_ANSWERS',
    key: 'maxConcurrentAnswers',
    fallback: '1000',
    meaning: 'Maximum answers written at the same time, in total.',
    parse: wholeNumber(1, 1_000_000),
  },
  {
    name: 'MAX_CONCURRENT_ANSWERS_PER_VISITOR',
    key: 'maxConcurrentAnswersPerVisitor',
    fallback: '4',
    meaning: 'Maximum answers written for one visitor at the same time; 0 for no limit.',
    parse: wholeNumber(0, 1_000_000),
  },
  {
    name: 'ANSWERS_PER_DAY',
    key: 'answersPerDay',
    fallback: '0',
    meaning:
      'Maximum answers in a day (UTC) that call a model, for all visitors together, to limit the cost; 0 for no limit. Quoted answers and abstentions do not count.',
    parse: wholeNumber(0, 1_000_000_000),
  },
  {
    name: 'ANSWERS_PER_DAY_PER_VISITOR',
    key: 'answersPerDayPerVisitor',
    fallback: '',
    meaning:
      'One visitor’s share of these; 0 for no limit. Default: a fifth of `ANSWERS_PER_DAY`, at least 5.',
    parse: unlessEmpty(wholeNumber(0, 1_000_000_000)),
  },
  {
    name: 'MAX_CONNECTIONS_PER_ADDRESS',
    key: 'maxConnectionsPerAddress',
    fallback: '2000',
    meaning:
      'Maximum connections of one address at the same time, not counting those of a proxy in `TRUST_PROXY`; 0 for no limit.',
    parse: wholeNumber(0, 1_000_000),
  },
  {
    name: 'IMAGE_HOSTS',
    key: 'imageHosts',
    fallback: '',
    meaning:
      'Hosts whose images may be shown in answers and pages, comma-separated, or `*` for any. A port other than 80 and 443 is part of the host.',
    parse: imageHosts,
  },
  {
    name: 'ASSISTANT_NAME',
    key: 'assistantName',
    fallback: '',
    meaning: 'Name of the assistant, on the page and in the widget.',
    parse: line(60),
  },
  {
    name: 'ASSISTANT_LOGO',
    key: 'assistantLogo',
    fallback: '',
    meaning: 'Its logo: a URL, or a path on this server such as `/icon.svg`.',
    parse: logoAddress,
  },
  {
    name: 'ASSISTANT_ACCENT',
    key: 'assistantAccent',
    fallback: '',
    meaning:
      'Its colour, as `#0b5fff`, or two for light and dark, as `#0b5fff #8ab4ff`. One alone is made lighter for dark. Each must be readable on its background.',
    parse: accentColours,
  },
  {
    name: 'ASSISTANT_RADIUS',
    key: 'assistantRadius',
    fallback: '',
    meaning: 'Radius of its corners in pixels, 0 to 32.',
    parse: cornerRadius,
  },
  {
    name: 'ASSISTANT_GREETING',
    key: 'assistantGreeting',
    fallback: '',
    meaning: 'What it says before the first question.',
    parse: line(300),
  },
  {
    name: 'ASSISTANT_FOOTER',
    key: 'assistantFooter',
    fallback: '',
    meaning: 'A line below the box: plain text with at most one link, as `[Privacy](https://…)`.',
    parse: footerText,
  },
  {
    name: 'ASSISTANT_SUGGESTIONS',
    key: 'assistantSuggestions',
    fallback: '',
    meaning:
      'Questions to start with, at most 8, separated by a vertical bar. Default: questions that the docs answer, found in them.',
    parse: suggestedQuestions,
  },
  {
    name: 'HANDOVER_URL',
    key: 'handOverUrl',
    fallback: '',
    meaning:
      'Where a visitor goes for help that the docs do not give, an `https://` or `mailto:` address. `{question}`, `{url}` (of the page) and `{ref}` (of the answer) in it are filled in.',
    parse: handOverUrl,
  },
  {
    name: 'KEEP_BUILDS',
    key: 'keepBuilds',
    fallback: '3',
    meaning: 'Number of builds of the index that are kept, for rollbacks.',
    parse: wholeNumber(1, 1000),
  },
  {
    name: 'MAX_SHRINK_PERCENT',
    key: 'maxShrinkPercent',
    fallback: '30',
    meaning:
      'An ingest that would lose more than this share of the passages is not published without `--force`.',
    parse: wholeNumber(0, 100),
  },
  {
    name: 'LOG_LEVEL',
    key: 'logLevel',
    fallback: 'info',
    meaning: '`trace`, `debug`, `info`, `warn`, `error` or `silent`.',
    parse: oneOf('trace', 'debug', 'info', 'warn', 'error', 'silent'),
  },
]

type Environment = Readonly<Record<string, string | undefined>>

/** Where builds are for several servers; null for one that keeps them in its data folder. */
export function buildsDatabaseOf({
  databaseUrl: url,
  buildsDir,
}: Pick<Settings, 'databaseUrl' | 'buildsDir'>): {
  readonly url: string
  readonly buildsDir: string | null
} | null {
  return url === null ? null : {url, buildsDir}
}

/**
 * Reads and checks every setting.
 * @throws DocentError `config` that lists all problems at once: invalid values, and names that look like misspellings.
 */
export function settingsFrom(environment: Environment): Settings {
  const problems: string[] = []
  const settings: Record<string, unknown> = {}

  for (const setting of settingsTable) {
    const written = environment[setting.name]?.trim()
    if (written === '' && setting.notEmpty !== undefined)
      problems.push(`${setting.name}: is empty; ${setting.notEmpty}`)
    const value = written === undefined || written === '' ? setting.fallback : written
    try {
      settings[setting.key] = setting.parse(value)
    } catch (error) {
      const shown = setting.secret ? 'its value' : JSON.stringify(withoutPassword(value))
      problems.push(`${setting.name}: ${shown} ${(error as Error).message}`)
    }
  }
  problems.push(...joinSources(settings, environment))

  const read = settings as unknown as Settings
  problems.push(...contradictions(read), ...misspellings(environment))

  if (problems.length > 0) {
    throw new DocentError(
      'config',
      `The settings have ${problems.length === 1 ? 'a problem' : 'problems'}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    )
  }
  return Object.freeze(read)
}

/** Completes the settings of sources by each other. Returns problems. */
function joinSources(settings: Record<string, unknown>, environment: Environment): readonly string[] {
  const {sources, siteUrl = null, siteGenerator = null, contentPollMinutes} = settings as Partial<Settings>
  settings['gitTokens'] = {}
  if (sources === undefined) return []
  const {problems, ...joined} = joinedSources(sources, siteUrl, siteGenerator)
  const git = gitTokensOf(environment, joined.sources)
  settings['sources'] = joined.sources
  settings['siteUrl'] = joined.siteUrl
  settings['gitTokens'] = git.tokens
  const isPolledInVain = contentPollMinutes && !sources.some(({kind}) => kind === 'repository')
  return [
    ...problems,
    ...git.problems,
    ...(isPolledInVain
      ? ['CONTENT_POLL_MINUTES: CONTENT_DIR has no repository to ask; leave it out, or name one there']
      : []),
  ]
}

/** Values that are valid alone but contradict each other. A setting with a problem of its own is undefined here. */
function contradictions(read: Partial<Settings>): string[] {
  const problems: string[] = []
  if (read.notifyUrls !== undefined && read.notifyUrls.length > 0 && read.notifySecret === null) {
    problems.push('NOTIFY_URL: needs NOTIFY_SECRET, by which its receivers know who sent a message')
  }
  if (read.buildsDir != null && read.databaseUrl === null) {
    problems.push(
      'BUILDS_DIR: needs DATABASE_URL, the database that says which builds there are; leave it out for a single server',
    )
  }
  if (read.generator === 'anthropic' && read.anthropicApiKey === null && read.anthropicBaseUrl === null) {
    problems.push(
      'GENERATOR: "anthropic" needs ANTHROPIC_API_KEY, or the ANTHROPIC_BASE_URL of a server that needs none; set one, or use extractive',
    )
  }
  if (read.generator !== 'extractive' && read.anthropicApiKey != null) problems.push(...claudeProblems(read))
  // If all three tokens are the same it is an administrator's, who may do both.
  const isForAll = read.adminToken === read.docsToken
  if (read.docsToken != null && read.docsToken === read.supportToken && !isForAll) {
    problems.push(
      'SUPPORT_TOKEN: its value is the same as DOCS_TOKEN’s, so nobody could sign in for support; choose another',
    )
  }
  const staffTokens = {
    ADMIN_TOKEN: read.adminToken,
    DOCS_TOKEN: read.docsToken,
    SUPPORT_TOKEN: read.supportToken,
  }
  for (const [name, staffToken] of Object.entries(staffTokens)) {
    for (const [lesser, token] of Object.entries({
      METRICS_TOKEN: read.metricsToken,
      API_TOKEN: read.apiToken,
    })) {
      if (token == null || token !== staffToken) continue
      problems.push(`${lesser}: its value is the same as ${name}’s, which grants more rights; choose another`)
    }
  }
  if (read.apiToken != null && read.apiToken === read.metricsToken) {
    problems.push(
      'API_TOKEN: its value is the same as METRICS_TOKEN’s, so every client could read the metrics; choose another',
    )
  }
  return problems
}

/** Values that Claude cannot be called with. */
function claudeProblems(read: Partial<Settings>): string[] {
  const problems: string[] = []
  if (!isHeaderText(read.anthropicApiKey ?? '')) {
    problems.push('ANTHROPIC_API_KEY: its value must be one line that is valid in an HTTP header')
  }
  const named = {ANTHROPIC_MODEL: read.anthropicModel, ANTHROPIC_FALLBACK_MODEL: read.anthropicFallbackModel}
  for (const [name, model] of Object.entries(named)) {
    // A gateway may use any names for its models.
    if (read.anthropicBaseUrl !== null || model == null || !/\s/.test(model)) continue
    problems.push(`${name}: ${JSON.stringify(model)} has a space in it, but no model of Anthropic has`)
  }
  return problems
}

/**
 * The settings of this process. `overrides`, by name, win over the environment, which wins over a `.env` file in the
 * working folder.
 * @throws DocentError `config`, as `settingsFrom`.
 */
export function loadSettings(overrides: Readonly<Record<string, string>> = {}): Settings {
  loadEnvFile({quiet: true})
  return settingsFrom({...process.env, ...overrides})
}

/** Whether this runs in a GitHub Actions job, whose log turns `::warning …` lines into annotations. */
export function isGitHubActions(): boolean {
  return process.env['GITHUB_ACTIONS'] === 'true'
}

/** The environment for git: that of this process without Docent's secrets and git's own switches. */
export function gitEnvironment(): Record<string, string | undefined> {
  const names = settingsTable.filter(({secret}) => secret).map(({name}) => name)
  const tokens = Object.keys(process.env).filter(isTokenName)
  return environmentForGit(process.env, new Set([...names, ...tokens]))
}

/** The folder in which a GitHub Actions job has its repository; elsewhere the folder in which this runs. */
export function workspaceFolder(): string {
  return process.env['GITHUB_WORKSPACE'] || process.cwd()
}

/** The settings in a form that may be logged: secrets as `set` or `unset`. */
export function describeSettings(settings: Settings): Record<string, unknown> {
  return Object.fromEntries(
    settingsTable.map(({name, key, secret}) => [
      name,
      secret ? (isSet(settings[key]) ? 'set' : 'unset') : shownSetting(settings[key]),
    ]),
  )
}

function isSet(value: unknown): boolean {
  return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : value !== null
}

function shownSetting(value: unknown): unknown {
  return typeof value === 'string' ? withoutPassword(value) : value
}

/** Names in the environment that look like misspelled settings. Short names are ignored: too many others are similar. */
function misspellings(environment: Environment): string[] {
  const names = settingsTable.map((setting) => setting.name)
  const long = names.filter((name) => name.length >= 8)
  return Object.keys(environment)
    .filter((name) => !names.includes(name) && !isTokenName(name) && name.length >= 7)
    .flatMap((name) => {
      const near = long.find((candidate) =>
        isMisspellingOf(name.toUpperCase().replaceAll('-', '_'), candidate),
      )
      return near ? [`${name}: not a setting; did you mean ${near}?`] : []
    })
}
