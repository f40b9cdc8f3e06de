import {createHmac, randomBytes} from 'node:crypto'
import type {CookieOptions, Request, Response} from 'express'
import type {EndedSessions} from './ended-sessions.ts'
import {isSameSecret} from './secrets.ts'

export type Role = 'admin' | 'docs' | 'support'

/** Sessions of staff, in signed cookies: the role, and how long it is valid. */
export interface Sessions {
  /** The role of the session; null without one, or if it has ended. */
  roleOf(request: Request): Role | null
  begin(request: Request, response: Response, role: Role): void
  /** Ends the session of the request. Its cookie, and every copy of it, is invalid from now on. */
  end(request: Request, response: Response): void
}

export const sessionMs = 12 * 60 * 60 * 1000

const cookieName = 'docent_staff'

interface Session {
  readonly role: Role
  readonly expiresAt: number
  readonly id: string
}

/** @param key signs the cookies; with another key they are invalid. */
export function createSessions(key: Buffer, ended: EndedSessions, now: () => number): Sessions {
  function signed(payload: string): string {
    return `${payload}.${createHmac('sha256', key).update(payload).digest('base64url')}`
  }

  function sessionOf(request: Request): Session | null {
    const value = cookieOf(request)
    const payload = value?.slice(0, value.lastIndexOf('.'))
    if (value === null || payload === undefined) return null
    if (!isSameSecret(value, signed(payload))) return null
    const [role, expires, id] = payload.split('.')
    const expiresAt = Number(expires)
    // Cookies of earlier versions have no id and could not be ended.
    if (id === undefined || !(expiresAt > now()) || ended.has(id, expiresAt)) return null
    return role === 'admin' || role === 'docs' || role === 'support' ? {role, expiresAt, id} : null
  }

  return {
    roleOf: (request) => sessionOf(request)?.role ?? null,
    begin(request, response, role) {
      const id = randomBytes(16).toString('base64url')
      const value = signed(`${role}.${now() + sessionMs}.${id}`)
      response.cookie(cookieName, value, {...cookieOptions(request), maxAge: sessionMs})
    },
    end(request, response) {
      const session = sessionOf(request)
      if (session !== null) ended.add(session.id, session.expiresAt)
      response.clearCookie(cookieName, cookieOptions(request))
    },
  }
}

function cookieOptions(request: Request): CookieOptions {
  return {httpOnly: true, sameSite: 'strict', secure: request.secure, path: '/'}
}

function cookieOf(request: Request): string | null {
  for (const part of (request.get('cookie') ?? '').split(';')) {
    const [name, value] = part.trim().split('=', 2)
    if (name === cookieName && value) return decodeURIComponentSafely(value)
  }
  return null
}

/** Null for an invalid escape: anyone can send a cookie, so that is not an error. */
function decodeURIComponentSafely(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
