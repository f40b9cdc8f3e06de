import {type Route, routes} from '../../src/http/routes.ts'

/**
 * The addresses in a text that match no route: every `METHOD /path` and `/api/…`, and with `pathsAlone` also code that
 * consists of a path, such as `/metrics`. Any segment matches a parameter; queries are ignored, and so are paths without
 * a method that are only the beginning of routes, such as `/api/`.
 */
export function unknownRoutesIn(text: string, {pathsAlone = false} = {}): string[] {
  const named = [...text.matchAll(mention)].map(([, method, path]) => ({method, path: path!}))
  if (pathsAlone)
    for (const [, path] of text.matchAll(/`(\/[^`\s]*)`/g)) named.push({method: undefined, path: path!})
  return named
    .map(({method, path}) => ({method, path: path.replace(/[?#].*$/, '').replace(/[.,;:)]+$/, '')}))
    .filter(({method, path}) => !routes.some((route) => isNamed(route, method, path)))
    .map(({method, path}) => (method === undefined ? path : `${method} ${path}`))
}

const mention =
  /(?:\b(GET|HEAD|POST|PUT|PATCH|DELETE) |(?:(?<![\w/-])|(?<=localhost:\d+))(?=\/api\/))(\/[^\s`'"<|]*)/g

function isNamed(route: Route, method: string | undefined, path: string): boolean {
  if (method !== undefined && method !== route.method && !(method === 'HEAD' && route.method === 'GET'))
    return false
  const routeSegments = route.path.split('/')
  const segments = path.replace(/(?<=.)\/$/, '').split('/')
  for (const [n, segment] of routeSegments.entries()) {
    if (segment.startsWith('*')) return true
    // The beginning of a route, without a method.
    if (n === segments.length) return method === undefined
    // A parameter may be a part of its segment, as in `console-:file.js`.
    const [before, after] = segment.split(/:\w+/)
    const named = segments[n]!
    if (after === undefined ? named !== segment : !named.startsWith(before!) || !named.endsWith(after))
      return false
  }
  return segments.length === routeSegments.length
}
