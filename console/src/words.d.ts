// Modules that the build makes of /messages (words.mjs).
declare module 'words:pages' {
  type Words = Record<string, string | Record<string, string>>;
  export const pages: Record<string, Record<string, () => Promise<{ default: Words }>>>;
}
declare module 'words:*' {
  const words: Record<string, string | Record<string, string>>;
  export default words;
}
