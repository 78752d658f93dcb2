import { singleton } from 'contrail'

export interface Post {
  readonly id: number
  readonly title: string
  readonly body: string
}

export type PostAttributes = Omit<Post, 'id'>

/** Keeps posts in memory, for as long as the process runs. */
@singleton()
export class PostRepository {
  readonly #posts = new Map<number, Post>()
  #lastId = 0

  constructor() {
    this.create({ title: 'Hello', body: 'The first post.' })
  }

  all(): Post[] {
    return [...this.#posts.values()]
  }

  find(id: number): Post | undefined {
    return this.#posts.get(id)
  }

  create(attributes: PostAttributes): Post {
    const post = { id: ++this.#lastId, ...attributes }
    this.#posts.set(post.id, post)
    return post
  }

  update(post: Post, attributes: Partial<PostAttributes>): Post {
    const updated = { ...post, ...attributes }
    this.#posts.set(post.id, updated)
    return updated
  }

  delete(post: Post): void {
    this.#posts.delete(post.id)
  }
}
