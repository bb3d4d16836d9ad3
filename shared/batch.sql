-- name: begin_item
savepoint item

-- name: undo_item
rollback to savepoint item
