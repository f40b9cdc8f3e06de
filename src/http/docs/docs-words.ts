/** The words of `/docs` itself. `{…}` are placeholders. */
export interface DocsWords {
  readonly docs: string
  readonly skip: string
  readonly search: string
  readonly searchHint: string
  readonly ask: string
  /** The switch between the two. */
  readonly theme: string
  readonly pages: string
  readonly allPages: string
  readonly pagesBelow: string
  readonly more: string
  readonly onThisPage: string
  readonly trail: string
  readonly beside: string
  readonly previous: string
  readonly next: string
  readonly section: string
  readonly code: string
  readonly table: string
  readonly copy: string
  readonly copied: string
  readonly done: string
  readonly toDo: string
  readonly version: string
  readonly language: string
  readonly resultsFor: string
  readonly noResults: string
  readonly unanswered: string
  readonly emptySearch: string
  readonly tryLater: string
  readonly missing: string
  readonly missingText: string
  readonly nearest: string
  readonly tooHeavy: string
  readonly tooBusy: string
}

const en: DocsWords = {
  docs: 'Documentation',
  skip: 'Skip to content',
  search: 'Search',
  searchHint: 'Search the docs',
  ask: 'Ask the assistant',
  theme: 'Dark or light',
  pages: 'Pages',
  allPages: 'All pages',
  pagesBelow: 'Pages below “{title}”',
  more: 'More ({n})',
  onThisPage: 'On this page',
  trail: 'Where this page is',
  beside: 'Previous and next page',
  previous: 'Previous',
  next: 'Next',
  section: 'Link to the section “{title}”',
  code: 'Code',
  table: 'Table',
  copy: 'Copy',
  copied: 'Copied',
  done: 'Done: {text}',
  toDo: 'To do: {text}',
  version: 'Version',
  language: 'Language',
  resultsFor: 'Search results for “{query}”',
  noResults: 'Nothing was found for “{query}”. Try other words, or fewer.',
  unanswered: 'The docs may have nothing about “{query}”. These sections come nearest.',
  emptySearch: 'Type a word, a name from the code or a question.',
  tryLater: 'The search is not available right now. Please try again in a moment.',
  missing: 'No such page',
  missingText: 'There is no page at {route} in these docs. It may have been moved or renamed.',
  nearest: 'Were you looking for one of these?',
  tooHeavy: 'This page is too large to be laid out. Here is its Markdown source.',
  tooBusy:
    'Other pages are being laid out right now. Here is the Markdown source of this one; reload it shortly.',
}

const de: DocsWords = {
  docs: 'Dokumentation',
  skip: 'Zum Inhalt',
  search: 'Suchen',
  searchHint: 'Doku durchsuchen',
  ask: 'Assistenten fragen',
  theme: 'Dunkel oder hell',
  pages: 'Seiten',
  allPages: 'Alle Seiten',
  pagesBelow: 'Seiten unter „{title}“',
  more: 'Weitere ({n})',
  onThisPage: 'Auf dieser Seite',
  trail: 'Wo diese Seite steht',
  beside: 'Vorige und nächste Seite',
  previous: 'Zurück',
  next: 'Weiter',
  section: 'Link zum Abschnitt „{title}“',
  code: 'Code',
  table: 'Tabelle',
  copy: 'Kopieren',
  copied: 'Kopiert',
  done: 'Erledigt: {text}',
  toDo: 'Offen: {text}',
  version: 'Version',
  language: 'Sprache',
  resultsFor: 'Suchergebnisse für „{query}“',
  noResults: 'Zu „{query}“ wurde nichts gefunden. Versuchen Sie es mit anderen oder weniger Wörtern.',
  unanswered: 'Zu „{query}“ steht vielleicht nichts in der Doku. Diese Abschnitte kommen am nächsten.',
  emptySearch: 'Geben Sie ein Wort, einen Namen aus dem Code oder eine Frage ein.',
  tryLater: 'Die Suche ist gerade nicht verfügbar. Bitte versuchen Sie es gleich noch einmal.',
  missing: 'Diese Seite gibt es nicht',
  missingText:
    'Unter {route} gibt es in dieser Doku keine Seite. Vielleicht wurde sie verschoben oder umbenannt.',
  nearest: 'Haben Sie eine dieser Seiten gesucht?',
  tooHeavy: 'Diese Seite ist zu groß, um sie darzustellen. Hier ist ihr Markdown-Quelltext.',
  tooBusy:
    'Gerade werden andere Seiten aufbereitet. Hier ist der Markdown-Quelltext dieser Seite; laden Sie sie gleich neu.',
}

const es: DocsWords = {
  docs: 'Documentación',
  skip: 'Ir al contenido',
  search: 'Buscar',
  searchHint: 'Buscar en la documentación',
  ask: 'Preguntar al asistente',
  theme: 'Oscuro o claro',
  pages: 'Páginas',
  allPages: 'Todas las páginas',
  pagesBelow: 'Páginas de «{title}»',
  more: 'Más ({n})',
  onThisPage: 'En esta página',
  trail: 'Dónde está esta página',
  beside: 'Página anterior y siguiente',
  previous: 'Anterior',
  next: 'Siguiente',
  section: 'Enlace a la sección «{title}»',
  code: 'Código',
  table: 'Tabla',
  copy: 'Copiar',
  copied: 'Copiado',
  done: 'Hecho: {text}',
  toDo: 'Pendiente: {text}',
  version: 'Versión',
  language: 'Idioma',
  resultsFor: 'Resultados de «{query}»',
  noResults: 'No se encontró nada para «{query}». Pruebe con otras palabras o con menos.',
  unanswered: 'Puede que la documentación no trate «{query}». Estas secciones son las más cercanas.',
  emptySearch: 'Escriba una palabra, un nombre del código o una pregunta.',
  tryLater: 'La búsqueda no está disponible ahora. Inténtelo de nuevo en un momento.',
  missing: 'No existe esa página',
  missingText: 'No hay ninguna página en {route} en esta documentación. Quizá se haya movido o renombrado.',
  nearest: '¿Buscaba una de estas páginas?',
  tooHeavy: 'Esta página es demasiado grande para mostrarla. Este es su código Markdown.',
  tooBusy:
    'Ahora se están preparando otras páginas. Este es el código Markdown de esta; vuelva a cargarla en un momento.',
}

const fr: DocsWords = {
  docs: 'Documentation',
  skip: 'Aller au contenu',
  search: 'Rechercher',
  searchHint: 'Rechercher dans la documentation',
  ask: 'Demander à l’assistant',
  theme: 'Sombre ou clair',
  pages: 'Pages',
  allPages: 'Toutes les pages',
  pagesBelow: 'Pages sous « {title} »',
  more: 'Autres ({n})',
  onThisPage: 'Sur cette page',
  trail: 'Emplacement de cette page',
  beside: 'Page précédente et page suivante',
  previous: 'Précédent',
  next: 'Suivant',
  section: 'Lien vers la section « {title} »',
  code: 'Code',
  table: 'Tableau',
  copy: 'Copier',
  copied: 'Copié',
  done: 'Fait : {text}',
  toDo: 'À faire : {text}',
  version: 'Version',
  language: 'Langue',
  resultsFor: 'Résultats pour « {query} »',
  noResults: 'Rien n’a été trouvé pour « {query} ». Essayez d’autres mots, ou moins de mots.',
  unanswered: 'La documentation ne parle peut-être pas de « {query} ». Voici les sections les plus proches.',
  emptySearch: 'Saisissez un mot, un nom du code ou une question.',
  tryLater: 'La recherche n’est pas disponible pour le moment. Réessayez dans un instant.',
  missing: 'Cette page n’existe pas',
  missingText:
    'Il n’y a pas de page à {route} dans cette documentation. Elle a peut-être été déplacée ou renommée.',
  nearest: 'Cherchiez-vous l’une de ces pages ?',
  tooHeavy: 'Cette page est trop longue pour être mise en forme. Voici sa source Markdown.',
  tooBusy:
    'D’autres pages sont en cours de mise en forme. Voici la source Markdown de celle-ci ; rechargez-la dans un instant.',
}

const ja: DocsWords = {
  docs: 'ドキュメント',
  skip: '本文へ移動',
  search: '検索',
  searchHint: 'ドキュメントを検索',
  ask: 'アシスタントに質問',
  theme: 'ダークとライト',
  pages: 'ページ',
  allPages: 'すべてのページ',
  pagesBelow: '「{title}」の下のページ',
  more: 'ほかのページ（{n}）',
  onThisPage: 'このページの内容',
  trail: 'このページの場所',
  beside: '前後のページ',
  previous: '前へ',
  next: '次へ',
  section: 'セクション「{title}」へのリンク',
  code: 'コード',
  table: '表',
  copy: 'コピー',
  copied: 'コピーしました',
  done: '完了: {text}',
  toDo: '未完了: {text}',
  version: 'バージョン',
  language: '言語',
  resultsFor: '「{query}」の検索結果',
  noResults: '「{query}」に一致するものはありません。別の言葉や、より少ない言葉で検索してください。',
  unanswered: '「{query}」についての説明はないかもしれません。最も近いセクションはこちらです。',
  emptySearch: '単語、コード中の名前、または質問を入力してください。',
  tryLater: '現在、検索を利用できません。しばらくしてからもう一度お試しください。',
  missing: 'ページが見つかりません',
  missingText:
    'このドキュメントの {route} にはページがありません。移動または名前が変更された可能性があります。',
  nearest: 'お探しのページはこちらですか？',
  tooHeavy: 'このページは大きすぎるため表示できません。以下は Markdown のソースです。',
  tooBusy:
    '現在、ほかのページを処理しています。以下はこのページの Markdown のソースです。しばらくしてから再読み込みしてください。',
}

const zh: DocsWords = {
  docs: '文档',
  skip: '跳到正文',
  search: '搜索',
  searchHint: '搜索文档',
  ask: '询问助手',
  theme: '深色或浅色',
  pages: '页面',
  allPages: '所有页面',
  pagesBelow: '“{title}”下的页面',
  more: '更多（{n}）',
  onThisPage: '本页内容',
  trail: '本页位置',
  beside: '上一页和下一页',
  previous: '上一页',
  next: '下一页',
  section: '“{title}”一节的链接',
  code: '代码',
  table: '表格',
  copy: '复制',
  copied: '已复制',
  done: '已完成：{text}',
  toDo: '未完成：{text}',
  version: '版本',
  language: '语言',
  resultsFor: '“{query}”的搜索结果',
  noResults: '没有找到与“{query}”相关的内容。请换用其他词语，或减少词语。',
  unanswered: '文档中可能没有关于“{query}”的内容。以下是最接近的章节。',
  emptySearch: '请输入词语、代码中的名称或问题。',
  tryLater: '搜索暂时不可用，请稍后再试。',
  missing: '没有这个页面',
  missingText: '本文档中没有地址为 {route} 的页面。它可能已移动或改名。',
  nearest: '您要找的是以下页面吗？',
  tooHeavy: '此页面过大，无法排版。以下是其 Markdown 源文本。',
  tooBusy: '正在处理其他页面。以下是本页的 Markdown 源文本，请稍后重新加载。',
}

const ar: DocsWords = {
  docs: 'التوثيق',
  skip: 'الانتقال إلى المحتوى',
  search: 'بحث',
  searchHint: 'ابحث في التوثيق',
  ask: 'اسأل المساعد',
  theme: 'داكن أو فاتح',
  pages: 'الصفحات',
  allPages: 'كل الصفحات',
  pagesBelow: 'الصفحات تحت «{title}»',
  more: 'المزيد ({n})',
  onThisPage: 'في هذه الصفحة',
  trail: 'موضع هذه الصفحة',
  beside: 'الصفحة السابقة والتالية',
  previous: 'السابق',
  next: 'التالي',
  section: 'رابط إلى القسم «{title}»',
  code: 'شيفرة',
  table: 'جدول',
  copy: 'نسخ',
  copied: 'تم النسخ',
  done: 'تم: {text}',
  toDo: 'لم يتم: {text}',
  version: 'الإصدار',
  language: 'اللغة',
  resultsFor: 'نتائج البحث عن «{query}»',
  noResults: 'لم يُعثر على شيء عن «{query}». جرّب كلمات أخرى أو كلمات أقل.',
  unanswered: 'قد لا يتناول التوثيق «{query}». هذه أقرب الأقسام إليه.',
  emptySearch: 'اكتب كلمة أو اسمًا من الشيفرة أو سؤالًا.',
  tryLater: 'البحث غير متاح الآن. حاول مرة أخرى بعد قليل.',
  missing: 'لا توجد صفحة كهذه',
  missingText: 'لا توجد صفحة في {route} ضمن هذا التوثيق. ربما نُقلت أو تغيّر اسمها.',
  nearest: 'هل كنت تبحث عن إحدى هذه الصفحات؟',
  tooHeavy: 'هذه الصفحة أكبر من أن تُعرض منسّقة. هذا مصدرها بصيغة Markdown.',
  tooBusy: 'يجري الآن إعداد صفحات أخرى. هذا مصدر هذه الصفحة بصيغة Markdown؛ أعد تحميلها بعد قليل.',
}

const byLanguage: Readonly<Record<string, DocsWords>> = {en, de, es, fr, ja, zh, ar}

/** The language whose words stand beside a page in `lang`, BCP 47: that of the page where there are words in it, else English. */
export function docsLanguageOf(lang: string | null): string {
  const language = (lang ?? 'en').split('-')[0]!.toLowerCase()
  if (language === 'zh') return 'zh-CN'
  return Object.hasOwn(byLanguage, language) ? language : 'en'
}

export function docsWordsIn(lang: string | null): DocsWords {
  return byLanguage[docsLanguageOf(lang).split('-')[0]!]!
}

/** A line with its placeholders filled in. */
export function fill(line: string, values: Readonly<Record<string, string | number>>): string {
  return line.replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all))
}
