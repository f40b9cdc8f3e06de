import {reindexBody} from '../../reindex/reindex-routes.ts'
import {changedSectionQuery, changesQuery, coverageQuery, explainQuery} from '../../staff/docs-schemas.ts'
import {gapChange, gapQuery} from '../../staff/gap-routes.ts'
import {goldenOfGapBody, goldenQuery} from '../../staff/golden-routes.ts'
import {
  verifiedChange,
  verifiedProposal,
  verifiedQuery,
  verifiedRevision,
} from '../../staff/verified-routes.ts'
import {jsonSchemaOf} from '../json-schema.ts'
import {
  attachment,
  either,
  json,
  nothing,
  type Operations,
  queryOf,
  ref,
  stream,
  strictBodyOf,
  text,
  withHeader,
} from '../operation.ts'
import {after, lastEventId} from './asking.ts'

/** What the docs team works with: verified answers, gaps, golden questions, builds. */
export const docsTeam: Operations = {
  'GET /api/admin/verified': {
    id: 'listVerified',
    tag: 'Verified answers',
    parameters: queryOf(verifiedQuery),
    replies: {200: json('VerifiedList', 'The one changed last first.')},
  },
  'POST /api/admin/verified': {
    id: 'proposeVerified',
    tag: 'Verified answers',
    body: strictBodyOf('VerifiedProposal', verifiedProposal),
    replies: {201: withHeader(json('ShownVerifiedAnswer', 'It is proposed.'), 'Location', 'Its address.')},
    errors: ['conflict'],
  },
  'GET /api/admin/verified/:id': {
    id: 'getVerified',
    tag: 'Verified answers',
    replies: {200: json('ShownVerifiedAnswer', 'The answer.')},
  },
  'PUT /api/admin/verified/:id': {
    id: 'changeVerified',
    tag: 'Verified answers',
    body: strictBodyOf('VerifiedChangeRequest', verifiedChange),
    replies: {200: json('ShownVerifiedAnswer', 'As it is now.')},
    errors: ['conflict'],
  },
  'DELETE /api/admin/verified/:id': {
    id: 'deleteVerified',
    tag: 'Verified answers',
    replies: {204: nothing()},
  },
  'POST /api/admin/verified/:id/publish': {
    id: 'publishVerified',
    tag: 'Verified answers',
    body: strictBodyOf('RevisionRequest', verifiedRevision),
    replies: {200: json('PublishedAnswer', 'It is given.')},
    errors: ['conflict'],
  },
  'POST /api/admin/verified/:id/withdraw': {
    id: 'withdrawVerified',
    tag: 'Verified answers',
    body: strictBodyOf('RevisionRequest', verifiedRevision),
    replies: {200: json('ShownVerifiedAnswer', 'It is given no longer.')},
    errors: ['conflict'],
  },
  'GET /api/admin/golden': {
    id: 'listGolden',
    tag: 'Golden questions',
    parameters: queryOf(goldenQuery),
    replies: {200: json('GoldenPage', 'A page of them.')},
    errors: ['conflict', 'not_found'],
  },
  'DELETE /api/admin/golden/:id': {id: 'deleteGolden', tag: 'Golden questions', replies: {204: nothing()}},
  'GET /api/admin/gaps': {
    id: 'listGaps',
    tag: 'Gaps',
    parameters: queryOf(gapQuery),
    replies: {200: json('ListedGaps', 'A page of them.')},
  },
  'POST /api/admin/gaps/group': {
    id: 'groupGaps',
    tag: 'Gaps',
    replies: {202: json('GroupingBegun', 'Questions are being grouped.')},
    errors: ['conflict'],
  },
  'GET /api/admin/gaps/:id': {
    id: 'getGap',
    tag: 'Gaps',
    replies: {200: json('GapDetails', 'The gap.')},
    errors: ['conflict'],
  },
  'PATCH /api/admin/gaps/:id': {
    id: 'changeGap',
    tag: 'Gaps',
    body: strictBodyOf('GapChangeRequest', gapChange),
    replies: {200: json('OneGap', 'As it is now.')},
    errors: ['conflict'],
  },
  'POST /api/admin/gaps/:id/golden': {
    id: 'makeGoldenOfGap',
    tag: 'Gaps',
    body: strictBodyOf('GoldenOfGapRequest', goldenOfGapBody),
    replies: {201: json('GoldenKept', 'They are.')},
    errors: ['conflict'],
  },
  'GET /api/admin/builds': {
    id: 'listBuilds',
    tag: 'Builds',
    replies: {200: json('Builds', 'The newest first.')},
  },
  'GET /api/admin/builds/:id': {
    id: 'getBuild',
    tag: 'Builds',
    replies: {200: json('OneBuild', 'The build.')},
  },
  'POST /api/admin/builds/:id/activate': {
    id: 'activateBuild',
    tag: 'Builds',
    replies: {200: json('BuildServed', 'It is served.')},
    errors: ['conflict'],
  },
  'GET /api/admin/builds/:id/changes': {
    id: 'listChanges',
    tag: 'Builds',
    parameters: queryOf(changesQuery),
    replies: {200: json('Changes', 'Pages, by path.')},
    errors: ['conflict', 'too_large'],
  },
  'GET /api/admin/builds/:id/changes/section': {
    id: 'getChangedSection',
    tag: 'Builds',
    parameters: queryOf(changedSectionQuery),
    replies: {200: json('ComparedSection', 'Its text in both.')},
    errors: ['conflict', 'too_large'],
  },
  'GET /api/admin/coverage': {
    id: 'getCoverage',
    tag: 'Builds',
    parameters: queryOf(coverageQuery),
    replies: {
      200: attachment(
        either(
          'Pages, with counts; CSV is a file to be saved.',
          json('PageCoverage', ''),
          text('text/csv', ''),
        ),
      ),
    },
    errors: ['conflict', 'not_ready', 'too_large'],
  },
  'GET /api/admin/search/explain': {
    id: 'explainSearch',
    tag: 'Builds',
    parameters: queryOf(explainQuery),
    replies: {200: json('SearchExplanation', 'Stage by stage.')},
    errors: ['conflict', 'not_ready', 'version_not_found'],
  },
  'GET /api/admin/reindex': {
    id: 'listReindexes',
    tag: 'Builds',
    replies: {200: json('Reindexes', 'The newest first.')},
  },
  'POST /api/admin/reindex': {
    id: 'reindex',
    tag: 'Builds',
    description:
      'Also takes push events of GitHub, GitLab and what speaks as they do, signed with `WEBHOOK_SECRET`; then no token is needed, and the body is the event. `X-GitHub-Event` or `X-Gitlab-Event` says what happened; without it, a push.',
    parameters: ['X-GitHub-Event', 'X-Gitlab-Event'].map((name) => ({
      name,
      in: 'header',
      description: 'Of a push event.',
      schema: {type: 'string'},
    })),
    body: {
      required: false,
      content: {
        'application/json': {schema: jsonSchemaOf(reindexBody)},
        'application/x-www-form-urlencoded': {
          schema: {type: 'object', properties: {payload: {type: 'string'}}},
        },
      },
    },
    replies: {
      200: json('PushNoted', 'A ping with a valid signature.'),
      202: {
        headers: {Location: {description: 'Where its progress is.', schema: {type: 'string'}}},
        description: 'It has begun, or follows the one that runs; or the push starts nothing.',
        content: {'application/json': {schema: {anyOf: [ref('ReindexBegun'), ref('PushNoted')]}}},
      },
    },
    errors: ['locked'],
  },
  'POST /api/admin/reindex/:id/cancel': {
    id: 'cancelReindex',
    tag: 'Builds',
    replies: {200: json('ReindexCancelled', 'It has ended.')},
    errors: ['conflict'],
  },
  'GET /api/admin/reindex/:id/events': {
    id: 'followReindex',
    tag: 'Builds',
    parameters: [after, lastEventId],
    replies: {200: stream('Its progress, then how it ended.', ref('ReindexEvent'))},
    errors: ['invalid_request'],
  },
}
