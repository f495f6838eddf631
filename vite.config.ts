// The build: one page, two workers. Workers are ES modules, bundled on their own; licence comments
// are left out of them (they double the size of the tfjs bundle).
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const withoutLegalComments = { output: { comments: { legal: false } } };

export default defineConfig({
  base: './',
  plugins: [react()],
  build: { target: 'es2023', rolldownOptions: withoutLegalComments },
  worker: { format: 'es', rolldownOptions: withoutLegalComments },
  optimizeDeps: { exclude: ['node-seal'] },
});
