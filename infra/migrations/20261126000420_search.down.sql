drop view searched_item;
drop function search_rank;
drop function search_query;
drop function folded_words;
drop function folded;
