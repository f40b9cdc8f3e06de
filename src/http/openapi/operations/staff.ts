import {analyticsQuery, exportQuery, reviewBody, transcriptQuery, valuesQuery} from '../../request-schemas.ts'
import {goldenBody} from '../../staff/golden-routes.ts'
import {handoverBody, handoverQuery} from '../../staff/handover-routes.ts'
import {auditQuery, inviteBody, roleBody, tokenBody} from '../../staff/staff-schemas.ts'
import {
  attachment,
  either,
  html,
  json,
  nothing,
  type Operations,
  queryOf,
  strictBodyOf,
  text,
  withHeader,
} from '../operation.ts'

const notErased = (name: string) =>
  json(name, 'It is done; copies are left on the disk until another process has read them.')

/** Who the staff are, and what support staff work with: transcripts and hand-overs. */
export const staffOperations: Operations = {
  'POST /api/admin/session': {
    id: 'signIn',
    tag: 'Sign-in',
    body: strictBodyOf('TokenRequest', tokenBody),
    replies: {
      200: withHeader(json('StaffSession', 'Signed in.'), 'Set-Cookie', 'The session, for 12 hours.'),
    },
    errors: ['unauthorized', 'forbidden'],
  },
  'GET /api/admin/session': {
    id: 'getSession',
    tag: 'Sign-in',
    replies: {200: json('StaffSession', 'The session.')},
  },
  'DELETE /api/admin/session': {
    id: 'signOut',
    tag: 'Sign-in',
    replies: {204: withHeader(nothing(), 'Set-Cookie', 'Removes the session.')},
  },
  'GET /api/admin/me': {id: 'getMe', tag: 'Sign-in', replies: {200: json('SignedIn', 'Who is signed in.')}},
  'POST /api/admin/me/token': {
    id: 'changeToken',
    tag: 'Sign-in',
    replies: {200: json('NewToken', 'The token from now on.')},
    errors: ['conflict'],
  },
  'POST /api/admin/invitations': {
    id: 'takeUpInvitation',
    tag: 'Sign-in',
    body: strictBodyOf('TokenRequest', tokenBody),
    replies: {
      200: withHeader(json('JoinedPerson', 'Signed in.'), 'Set-Cookie', 'The session, for 12 hours.'),
    },
    errors: ['unauthorized', 'forbidden'],
  },
  'GET /api/admin/people': {id: 'listPeople', tag: 'People', replies: {200: json('People', 'All of them.')}},
  'POST /api/admin/people': {
    id: 'invite',
    tag: 'People',
    body: strictBodyOf('InviteRequest', inviteBody),
    replies: {201: json('InvitedPerson', 'Invited.')},
    errors: ['conflict'],
  },
  'DELETE /api/admin/people/:id': {
    id: 'removePerson',
    tag: 'People',
    replies: {204: nothing()},
    errors: ['conflict'],
  },
  'POST /api/admin/people/:id/invitation': {
    id: 'inviteAgain',
    tag: 'People',
    replies: {201: json('InvitedPerson', 'Invited.')},
  },
  'DELETE /api/admin/people/:id/invitation': {
    id: 'withdrawInvitation',
    tag: 'People',
    replies: {204: nothing()},
  },
  'PUT /api/admin/people/:id/role': {
    id: 'setRole',
    tag: 'People',
    body: strictBodyOf('RoleRequest', roleBody),
    replies: {200: json('OnePerson', 'With the role.')},
    errors: ['conflict'],
  },
  'POST /api/admin/people/:id/end-sessions': {
    id: 'endSessions',
    tag: 'People',
    replies: {200: json('OnePerson', 'Signed out everywhere.')},
  },
  'POST /api/admin/people/:id/switch-off': {
    id: 'switchOff',
    tag: 'People',
    replies: {200: json('OnePerson', 'Switched off.')},
    errors: ['conflict'],
  },
  'POST /api/admin/people/:id/switch-on': {
    id: 'switchOn',
    tag: 'People',
    replies: {201: json('InvitedPerson', 'Invited.')},
    errors: ['conflict'],
  },
  'GET /api/admin/audit': {
    id: 'readAuditLog',
    tag: 'People',
    parameters: queryOf(auditQuery),
    replies: {200: json('AuditLog', 'Lines, the newest first.')},
  },
  'GET /api/admin/transcripts': {
    id: 'listTranscripts',
    tag: 'Transcripts',
    parameters: queryOf(transcriptQuery),
    replies: {200: json('TranscriptPage', 'A page of them.')},
  },
  'GET /api/admin/transcripts/values': {
    id: 'listFilterValues',
    tag: 'Transcripts',
    parameters: queryOf(valuesQuery),
    replies: {200: json('FilterValues', 'The values, the most frequent first.')},
  },
  'GET /api/admin/transcripts/export': {
    id: 'exportTranscripts',
    tag: 'Transcripts',
    parameters: queryOf(exportQuery),
    replies: {
      200: attachment(
        either('All that match, the oldest first.', text('application/x-ndjson', ''), text('text/csv', '')),
      ),
    },
  },
  'GET /api/admin/transcripts/:answerId': {
    id: 'getTranscript',
    tag: 'Transcripts',
    replies: {200: json('TranscriptDetails', 'The transcript.')},
  },
  'GET /api/admin/transcripts/:answerId/replay.html': {
    id: 'getReplay',
    tag: 'Transcripts',
    replies: {200: attachment(html('The file.'))},
    errors: ['conflict', 'too_large'],
  },
  'GET /api/admin/transcripts/:answerId/prompt': {
    id: 'getPrompt',
    tag: 'Transcripts',
    replies: {200: json('Prompt', 'The requests.')},
  },
  'GET /api/admin/transcripts/:answerId/sources': {
    id: 'getSourcesNow',
    tag: 'Transcripts',
    replies: {200: json('SourcesNow', 'The sources.')},
  },
  'PUT /api/admin/transcripts/:answerId/review': {
    id: 'reviewTranscript',
    tag: 'Transcripts',
    body: strictBodyOf('ReviewRequest', reviewBody),
    replies: {200: json('ReviewKept', 'What is stored now.')},
    errors: ['conflict'],
  },
  'POST /api/admin/transcripts/:answerId/golden': {
    id: 'makeGolden',
    tag: 'Golden questions',
    body: strictBodyOf('GoldenRequest', goldenBody),
    replies: {201: json('GoldenKept', 'It is one.')},
    errors: ['conflict'],
  },
  'POST /api/admin/transcripts/:answerId/handover': {
    id: 'handOver',
    tag: 'Transcripts',
    body: strictBodyOf('HandoverRequest', handoverBody),
    replies: {201: json('HandoverMade', 'The link.')},
    errors: ['conflict'],
  },
  'GET /api/admin/handovers': {
    id: 'listHandovers',
    tag: 'Transcripts',
    parameters: queryOf(handoverQuery),
    replies: {200: json('Handovers', 'A page of them.')},
  },
  'DELETE /api/admin/handovers/:id': {
    id: 'withdrawHandover',
    tag: 'Transcripts',
    replies: {204: nothing()},
  },
  'DELETE /api/admin/transcripts/:answerId': {
    id: 'deleteTranscript',
    tag: 'Transcripts',
    replies: {204: nothing(), 202: notErased('NotErased')},
  },
  'DELETE /api/admin/visitors/:visitor': {
    id: 'deleteVisitor',
    tag: 'Transcripts',
    replies: {200: json('Deleted', 'How many answers are gone.'), 202: notErased('Deleted')},
  },
  'GET /api/admin/analytics': {
    id: 'getAnalytics',
    tag: 'Transcripts',
    parameters: queryOf(analyticsQuery),
    replies: {200: json('CostedAnalytics', 'The figures.')},
  },
  'GET /api/admin/storage': {
    id: 'getStorage',
    tag: 'Transcripts',
    replies: {200: json('StorageUsed', 'What they take.')},
  },
}
