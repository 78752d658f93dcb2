// Runs the built app: npm run build && npm start. In development, contrail server does without it.
import { startServer } from 'contrail'

await startServer(import.meta.dirname)
