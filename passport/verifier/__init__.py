"""What makes an entry genuine: bytes, trust and a time go in, one verdict comes out."""
