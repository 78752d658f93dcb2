// What this app keeps in its sessions. The session holds ids; the code looks the records up.
declare module 'contrail' {
  interface SessionData {
    /** When the session example was last visited. */
    currentTime: Date
    /** The post that was last read or written. */
    lastPostId: number
  }
}

export {}
