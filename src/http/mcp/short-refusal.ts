import {shortened} from '../../lib/cut.ts'

/** Of each text in a refusal, in UTF-16 units. */
const maxText = 500

/**
 * A refusal of the SDK with each of its texts cut, as they repeat what a client sent, however long; any other response as it
 * is. The id of the request stays whole.
 */
export async function shortRefusal(response: Response): Promise<Response> {
  const {status, headers} = response
  if (status < 400 || headers.get('content-type')?.startsWith('application/json') !== true) return response
  const body: unknown = JSON.parse(await response.text(), (key, value: unknown) =>
    typeof value === 'string' && key !== 'id' ? shortened(value, maxText) : value,
  )
  return Response.json(body, {status})
}
