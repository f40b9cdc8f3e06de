import type {Request} from 'express'

/** Where this server is reached, without a slash at the end: as it is set, else where the request was sent. */
export function publicBase(request: Request, publicUrl: string | null): string {
  return publicUrl ?? `${request.protocol}://${request.host}`
}
