import react from '@vitejs/plugin-react'
import {defineConfig} from 'vite'

export default defineConfig({
  plugins: [react()],
  // In development the page and Docent have one origin. Elsewhere, name the page's origin in ALLOWED_ORIGINS.
  server: {proxy: {'/api': 'http://localhost:3000'}},
})
