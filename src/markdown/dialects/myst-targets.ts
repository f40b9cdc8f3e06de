import type {Pass} from '../flattening/pass.ts'

/** Adds a name to the page's fragments, as written and as the id that Sphinx makes of it. */
export function addTarget(pass: Pass, name: string): void {
  pass.context.fragments.add(name)
  pass.context.fragments.add(name.toLowerCase().replace(/[^a-z0-9]+/g, '-'))
}
