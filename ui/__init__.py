"""Draw: everything that touches Streamlit and folium."""
