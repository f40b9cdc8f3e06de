/**
 * All that answers have, in the order in which the parser looks for it, so that each sample needs few rules more than the
 * ones before.
 */
export const samples = [
  '```\na\n```',
  '# \\#',
  '# <b>',
  '# [a](b "c")',
  '# **a**',
  '# `a` ~~b~~',
  '# https://a.example',
  '---',
  '> a',
  '- a',
  '<p>a',
  '| a |\n|---|\n| b |\n| c |',
  'a &amp; *b*',
]
