import type {Role} from '../../src/staff/index.ts'
import {adminToken, type TestDocent} from './start-docent.ts'

/** Somebody of the staff of a test server, by their own token. */
export interface TestPerson {
  readonly id: string
  readonly name: string
  readonly token: string
  /** Of the session that the invitation began. */
  readonly cookie: string
}

export const bearer = (token: string) => ({authorization: `Bearer ${token}`})

/** What a page of the console sends with its cookie. */
export const ownPage = ({url}: Pick<TestDocent, 'url'>, cookie: string) => ({cookie, origin: url})

export interface StaffResponse {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look at what they expect.
  readonly body: any
  readonly cookie: string
}

/** A request of the staff API. By default the admin's. */
export async function staffApi(
  product: Pick<TestDocent, 'url'>,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = bearer(adminToken),
): Promise<StaffResponse> {
  const response = await fetch(`${product.url}/api/admin${path}`, {
    method,
    headers: {...(body === undefined ? {} : {'content-type': 'application/json'}), ...headers},
    ...(body === undefined ? {} : {body: JSON.stringify(body)}),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json')
  return {
    status: response.status,
    body: isJson && text !== '' && !text.includes('\n') ? JSON.parse(text) : text,
    cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '',
  }
}

/** The secret of an invitation, from its link. */
export function secretOf(invited: StaffResponse): string {
  return new URL(invited.body.invitation.url).searchParams.get('invitation')!
}

/** Invites somebody and takes the invitation up. */
export async function join(product: Pick<TestDocent, 'url'>, name: string, role: Role): Promise<TestPerson> {
  const invited = await staffApi(product, 'POST', '/people', {name, role})
  const joined = await staffApi(product, 'POST', '/invitations', {token: secretOf(invited)}, {})
  return {id: joined.body.person.id, name, token: joined.body.token, cookie: joined.cookie}
}
