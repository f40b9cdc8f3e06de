/**
 * What each route answers, by the names that `src/http/openapi/operations` uses. The JSON schemas of these types, with what
 * their comments say, are generated from here; a test checks them against real responses.
 */
import type {FoundSources} from '../../src/answering/find-sources.ts'
import type {AnswerJson} from '../../src/answers/index.ts'
import type {AnswerEvent, Ending, SequencedEvent} from '../../src/domain/index.ts'
import type {ClosedGap, Gap, GapEvent, GapQuestion, ShownGap} from '../../src/gaps/index.ts'
import type {GoldenAdded, GoldenQuestion} from '../../src/golden/index.ts'
import type {SectionTexts} from '../../src/http/builds/builds-child.ts'
import type {Coverage} from '../../src/http/builds/coverage.ts'
import type {CostedAnalytics} from '../../src/http/costs.ts'
import type {ErrorBody} from '../../src/http/error-response.ts'
import type {InfoBody} from '../../src/http/info-route.ts'
import type {ChatCompletion} from '../../src/http/openai/chat-completion.ts'
import type {OpenAiErrorBody} from '../../src/http/openai/openai-errors.ts'
import type {OpenAiResponse} from '../../src/http/openai/response-object.ts'
import type {ReindexEvent, ReindexJob} from '../../src/http/reindex/reindexing.ts'
import type {SourceNow} from '../../src/http/staff/material-routes.ts'
import type {IngestReport} from '../../src/ingestion/index.ts'
import type {LineProblem} from '../../src/question-sets/index.ts'
import type {
  Explanation,
  NamedPlace,
  SearchHit,
  SearchResult,
  SectionText,
} from '../../src/retrieval/index.ts'
import type {BuildChanges, ListedBuild, ServedBuild} from '../../src/search-index/index.ts'
import type {AuditLine, Handover, Permission, Person, Role} from '../../src/staff/index.ts'
import type {AskedQuestion} from '../../src/transcripts/index.ts'
import type {
  KeptFeedback,
  NamedCount,
  Review,
  Transcript,
  TranscriptPage,
  TranscriptStorage,
} from '../../src/transcripts/transcript-store.ts'
import type {Shown, VerifiedAnswer, VerifiedItem} from '../../src/verified/index.ts'

/** Those that have their names already. */
export interface Named {
  readonly answerEvent: AnswerEvent
  readonly chatCompletion: ChatCompletion
  readonly openAiErrorBody: OpenAiErrorBody
  readonly openAiResponse: OpenAiResponse
  readonly reindexEvent: ReindexEvent
  readonly errorBody: ErrorBody
  readonly answerJson: AnswerJson
  readonly foundSources: FoundSources
  readonly infoBody: InfoBody
  readonly transcriptPage: TranscriptPage
  readonly analytics: CostedAnalytics
}

export interface AnswerStopped {
  /** How it ended: as it had ended already, where it had. */
  readonly ending: Ending
}

export interface FeedbackKept extends Pick<KeptFeedback, 'feedback'> {
  readonly answerId: string
}

/** Copies may be left on the disk while another process reads the transcripts; `erased` is then false, else absent. */
export interface Deleted {
  /** How many answers. */
  readonly deleted: number
  readonly erased?: false
}

/** Copies are left on the disk while another process reads the transcripts. */
export interface NotErased {
  readonly erased: false
}

/** Over a WebSocket the fields of an event are beside those that say whose it is. */
export type SocketEvent = SequencedEvent['event'] & {
  readonly answerId: string
  readonly seq: number
}

export interface SearchResponse extends Pick<SearchResult, 'query' | 'build' | 'lang'> {
  readonly tookMs: number
  /** Best first. */
  readonly results: readonly Omit<SearchHit, 'pageUrl' | 'path' | 'version'>[]
  /** Why an answer to this query would abstain; null where it would not, and for a beginning. */
  readonly abstention: SearchResult['abstention']
}

export interface SectionShown extends Omit<SectionText, 'isTruncated'> {
  readonly build: string
  /** Set where the section is longer than `text`. */
  readonly truncated?: true
}

export interface OpenAiModel {
  readonly id: string
  readonly object: 'model'
  /** Seconds since the epoch. */
  readonly created: number
  readonly owned_by: string
  readonly docent: {readonly generator: string; readonly model: string | null}
}

export interface OpenAiModels {
  readonly object: 'list'
  readonly data: readonly OpenAiModel[]
}

/** A request or, without `id`, a notification of JSON-RPC 2.0, as the Model Context Protocol has them. */
export interface RpcRequest {
  readonly jsonrpc: '2.0'
  readonly id?: string | number
  readonly method: string
  readonly params?: object
}

/** A response of JSON-RPC 2.0. */
export interface RpcResponse {
  readonly jsonrpc: '2.0'
  readonly id?: string | number | null
  readonly result?: object
  readonly error?: {readonly code: number; readonly message: string; readonly data?: object}
}

/** What an MCP server is and where. https://github.com/modelcontextprotocol/experimental-ext-server-card */
export interface ServerCard {
  readonly $schema: string
  readonly name: string
  readonly version: string
  readonly title: string
  readonly description: string
  readonly websiteUrl: string
  readonly remotes: readonly {
    readonly type: 'streamable-http'
    readonly url: string
    readonly supportedProtocolVersions: readonly string[]
  }[]
}

export interface AiCatalog {
  readonly specVersion: string
  readonly entries: readonly {readonly identifier: string; readonly type: string; readonly url: string}[]
}

export interface Health {
  readonly status: 'ok'
}

/** Why something is degraded is told to operators alone. */
export interface Readiness {
  readonly status: 'ready'
  readonly build: string
  readonly journal: {readonly status: 'ok' | 'degraded'; readonly reason?: string}
  readonly index?: {readonly status: 'degraded'; readonly reason?: string}
  readonly docs?: {readonly status: 'degraded'; readonly problems?: readonly string[]}
}

export interface StaffSession {
  readonly role: Role
  readonly name: string
}

export interface SignedIn extends StaffSession {
  /** Null for a shared token. */
  readonly personId: string | null
  readonly permissions: readonly Permission[]
}

/** The only response with the token. */
export interface NewToken {
  readonly token: string
}

export interface JoinedPerson extends NewToken {
  readonly person: Pick<Person, 'id' | 'name' | 'role'>
}

export interface People {
  readonly people: readonly Person[]
}

export interface OnePerson {
  readonly person: Person
}

export interface InvitedPerson extends OnePerson {
  /** The only response with the link. */
  readonly invitation: {
    readonly url: string
    /** The same, on this server. */
    readonly path: string
    /** Milliseconds since the epoch. */
    readonly endsAt: number
  }
}

export interface AuditLog {
  /** Newest first. */
  readonly items: readonly AuditLine[]
  readonly nextCursor: string | null
}

export interface TranscriptDetails extends Transcript {
  /** What its tokens cost, an estimate; null where a model has no price. */
  readonly cost: number | null
  /** The gap that its question is in; null for none. */
  readonly gap: string | null
}

export interface FilterValues {
  readonly values: readonly NamedCount[]
}

export interface Prompt {
  /** In order, as they were sent, but for what is redacted. Empty for extracts. */
  readonly requests: readonly {readonly n: number; readonly at: number; readonly body: unknown}[]
}

export interface SourcesNow {
  readonly build: string | null
  readonly sources: readonly SourceNow[]
}

export interface ReviewKept {
  readonly answerId: string
  readonly review: Review | null
}

export interface GoldenKept extends GoldenAdded {
  /** Where the golden questions are, for people. */
  readonly file: string
}

export interface HandoverMade {
  readonly id: string
  /** The only response with it. */
  readonly url: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

export interface ListedHandover extends Omit<Handover, 'who' | 'endsAt'> {
  readonly expiresAt: number
  readonly isOpen: boolean
  /** Whether whoever asks may withdraw it. */
  readonly mayWithdraw: boolean
  /** Redacted; null where the transcript is gone, empty where its words are not kept. */
  readonly question: string | null
}

export interface Handovers {
  readonly items: readonly ListedHandover[]
  readonly nextCursor: string | null
}

export interface StorageUsed {
  readonly transcripts: TranscriptStorage & {
    /** 0 for ever, null where it is not known. */
    readonly retentionDays: number | null
    /** Whether no removed data is left on the disk. */
    readonly isErased: boolean
    /** Why transcripts cannot be written; null when they can. */
    readonly problem: string | null
  }
}

export interface ListedVerifiedAnswer extends Shown<VerifiedItem> {}

export interface VerifiedList {
  readonly items: readonly ListedVerifiedAnswer[]
}

export interface ShownVerifiedAnswer extends Shown<VerifiedAnswer> {}

export interface PublishedAnswer extends ShownVerifiedAnswer {
  /** The id of the answer to the same question that this one replaces; null for none. */
  readonly replaced: string | null
}

export interface ListedGoldenQuestion extends Omit<GoldenQuestion, 'relevant' | 'gold'> {
  readonly relevant: readonly (
    | {
        readonly url: string
        readonly anchor: string
        /** Null where the current build does not have it. */
        readonly section: NamedPlace | null
      }
    | {
        /** By file and heading, as somebody wrote it. */
        readonly file: string
        readonly heading: string
      }
  )[]
}

export interface GoldenPage {
  readonly items: readonly ListedGoldenQuestion[]
  readonly total: number
  readonly nextCursor: string | null
  /** Where they are, for people. */
  readonly path: string
  /** How they did when the current build was made; null where that is not known. */
  readonly asked: IngestReport['staffQuestions'] | null
  /** The first lines that cannot be read. */
  readonly problems: readonly LineProblem[]
  readonly problemCount: number
}

export interface ListedGap extends ShownGap {
  /** Verified answers that are given to its questions. */
  readonly verified: readonly string[]
}

export interface ListedGaps {
  readonly items: readonly ListedGap[]
  readonly nextCursor: string | null
  /** When questions were grouped last; null for never. */
  readonly asOf: number | null
  readonly counts: {readonly open: number; readonly closed: number; readonly dismissed: number}
  /** How many would be listed as well, were they not about something else. */
  readonly elsewhere: number | null
  /** Whether questions are being grouped, or are about to be. */
  readonly pending: boolean
  /** Why they are not grouped; null where they are. */
  readonly reason: string | null
}

export interface GroupingBegun {
  readonly pending: true
}

export interface OneGap extends ListedGap {
  readonly closed:
    | (Omit<NonNullable<Gap['closed']>, 'section'> & {
        readonly section:
          | (NonNullable<NonNullable<Gap['closed']>['section']> & {
              /** Whether the docs still have it. */
              readonly isInDocs?: boolean
            })
          | null
      })
    | null
}

export interface GapDetails extends OneGap {
  /** The newest 200. */
  readonly questions: readonly (Omit<GapQuestion, 'ref'> &
    Pick<AskedQuestion, 'question' | 'searched' | 'ending' | 'rating'> & {
      /** Null for staff who may not read transcripts. */
      readonly answerId: string | null
      /** The verified answer that is given to it; null for none. */
      readonly verified: string | null
    })[]
  readonly history: readonly GapEvent[]
  /** How many golden questions were made of it. */
  readonly goldens?: number
}

export interface Builds {
  /** The newest first. */
  readonly builds: readonly ListedBuild[]
  /** What each server serves, where several share a database; else empty. */
  readonly servers: readonly ServedBuild[]
}

export interface OneBuild {
  readonly build: ListedBuild
  /** Of its ingest; null for a build that has none. Long lists are cut. */
  readonly report: object | null
  /** Null while it is not known. */
  readonly gapsClosed: readonly ClosedGap[] | null
}

export interface BuildServed {
  readonly build: string
}

export interface Changes extends Pick<BuildChanges, 'totals' | 'pages'> {
  readonly from: string
  readonly to: string
  /** How many pages there are of what was asked for. */
  readonly matches: number
  readonly nextCursor: string | null
}

export interface ComparedSection extends SectionTexts {
  readonly from: string
  readonly to: string
  readonly path: string
  readonly anchor: string
}

export interface PageCoverage extends Coverage {
  readonly build: string
  /** Milliseconds since the epoch. */
  readonly from: number
  readonly to: number
  readonly nextCursor: string | null
}

export interface SearchExplanation extends Omit<Explanation, 'sources'> {
  /** The sources of an answer, by number: how many words each has, and how many a model would be sent. */
  readonly sources: readonly {readonly n: number; readonly words: number; readonly sentWords: number}[]
}

export interface Reindexes {
  /** The newest first. */
  readonly jobs: readonly ReindexJob[]
}

export interface ReindexBegun {
  readonly id: string
  /** Where its progress is. */
  readonly events: string
}

export interface ReindexCancelled {
  readonly id: string
}

/** What became of a push event that starts nothing. */
export interface PushNoted {
  readonly message: string
}
